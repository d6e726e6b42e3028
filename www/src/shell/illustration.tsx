// The drawings of what went wrong: a screen with a scene, and a badge that says how it ended. In the page's own colors.

type Kind = "failed" | "unknown" | "stopped" | "key" | "offline" | "late";

const KINDS: Record<string, Kind> = {
  cancelled: "stopped",
  submission_unknown: "unknown",
  missing_api_key: "key",
  unauthorized: "key",
  connection_error: "offline",
  timeout: "late",
  generation_timeout: "late",
  result_expired: "late",
};

/** Around the middle of a badge of 36 px. */
const MARKS: Record<Kind, string> = {
  failed: "m-6-6 12 12m0-12-12 12",
  unknown: "M-5-5a5 5 0 1 1 7 4.5c-1.6.8-2 1.8-2 3.5m0 5.5v.1",
  stopped: "M-5-5H5V5H-5z",
  key: "M-9 0a4 4 0 1 0 8 0 4 4 0 1 0-8 0m8 0H9M5 0v4M9 0v3",
  offline: "M-9-2a13 13 0 0 1 18 0M-5 2.5a7 7 0 0 1 10 0M0 7v.1M-8-9 8 9",
  late: "M0-7V0l5 3",
};

const SCENE = "M42 78 70 48l18 18 24-32 46 44Z";

/** `name`: the error's code, or `offline`. Decoration: the words beside it say the same. */
export function Illustration({ name }: { name: string }) {
  const kind = KINDS[name] ?? (name === "offline" ? "offline" : "failed");
  return (
    <svg class="illustration" data-kind={kind} viewBox="0 0 200 124" aria-hidden="true" focusable="false">
      <ellipse class="ground" cx="100" cy="108" rx="86" ry="10" />
      {kind === "unknown" ? <TornScreen /> : <Screen />}
      <g class="badge" transform="translate(156 88)">
        <circle r="20" />
        <path d={MARKS[kind]} />
      </g>
    </svg>
  );
}

function Screen() {
  return (
    <g>
      <rect class="screen-back" x="38" y="12" width="124" height="78" rx="10" />
      <circle class="sun" cx="132" cy="34" r="9" />
      <path class="hills" d={SCENE} />
      <rect class="screen-edge" x="38" y="12" width="124" height="78" rx="10" />
      <path class="screen-edge" d="M82 104h36M100 90v14" />
    </g>
  );
}

/** The answer was lost on its way: half of the picture is here. */
function TornScreen() {
  return (
    <>
      <g transform="rotate(-4 60 50) translate(-7 2)">
        <path class="screen-back" d="M48 12H98l-7 16 9 14-9 16 8 16-5 16H48a10 10 0 0 1-10-10V22a10 10 0 0 1 10-10Z" />
        <path class="hills" d="M42 80 70 48l18 18 5-6-2-2 8 16-2 6Z" />
        <path class="screen-edge" d="M98 12H48a10 10 0 0 0-10 10v58a10 10 0 0 0 10 10h46l5-16-8-16 9-16-9-14z" />
      </g>
      <g class="faint" transform="rotate(5 140 50) translate(9 0)">
        <path class="screen-edge" d="M98 12h54a10 10 0 0 1 10 10v58a10 10 0 0 1-10 10H94l5-16-8-16 9-16-9-14z" />
      </g>
    </>
  );
}
