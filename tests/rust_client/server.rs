//! A server that does what a test says, with the connection itself in its hands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: String,
    /// The number of its connection, from 0.
    pub(crate) connection: usize,
}

impl Received {
    pub(crate) fn is_submit(&self) -> bool {
        self.path.ends_with("/run") || self.body.contains("videoInference")
    }
}

/// What the server does next.
pub(crate) enum Action {
    /// Status, more headers, body.
    Reply(u16, String, Vec<u8>),
    /// Nothing: the connection is closed.
    Drop,
    /// Nothing, for as long as the client waits.
    Hang,
}

pub(crate) fn json(status: u16, body: &str) -> Action {
    Action::Reply(status, String::new(), body.as_bytes().to_vec())
}

pub(crate) struct Server {
    pub(crate) origin: String,
    seen: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub(crate) fn start(respond: impl Fn(&Received) -> Action + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (respond, received) = (Arc::new(respond), seen.clone());
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let (respond, received) = (respond.clone(), received.clone());
                thread::spawn(move || serve(&stream.unwrap(), number, &*respond, &received));
            }
        });
        Server { origin, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Received> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn submits(&self) -> usize {
        self.seen().iter().filter(|request| request.is_submit()).count()
    }
}

fn serve(
    stream: &TcpStream,
    connection: usize,
    respond: &dyn Fn(&Received) -> Action,
    seen: &Mutex<Vec<Received>>,
) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader, connection) {
        seen.lock().unwrap().push(request.clone());
        match respond(&request) {
            Action::Reply(status, headers, body) => {
                // A header of its own takes the place of the length.
                let length = match headers.contains("content-length") {
                    true => String::new(),
                    false => format!("content-length: {}\r\n", body.len()),
                };
                let head = format!("HTTP/1.1 {status} Any\r\n{headers}{length}\r\n");
                let mut writer = stream;
                if writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(&body)).is_err()
                {
                    return;
                }
                if headers.contains("connection: close") {
                    return;
                }
            }
            Action::Drop => return,
            Action::Hang => {
                let _ = reader.read(&mut [0]);
                return;
            }
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>, connection: usize) -> Option<Received> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        path: head.split(' ').nth(1)?.to_owned(),
        body: String::from_utf8(body).unwrap(),
        head,
        connection,
    })
}
