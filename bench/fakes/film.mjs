// What the fakes deliver: the beginning of an MP4 file, which is all that anyone looks at here.
export const FILM = Buffer.from("\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "latin1");
