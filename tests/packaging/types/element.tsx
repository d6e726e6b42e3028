// Compiled, never run: the element in JSX, declared as docs/frontend.md says.
import type { FilmgateVideoAttributes, FilmgateVideoElement } from "filmgate/element";
import type { DetailedHTMLProps, HTMLAttributes } from "react";

type Props = DetailedHTMLProps<HTMLAttributes<FilmgateVideoElement>, FilmgateVideoElement> & FilmgateVideoAttributes;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "filmgate-video": Props;
    }
  }
}

const onMount = (element: FilmgateVideoElement | null) =>
  element?.addEventListener("done", ({ detail }) => console.log(detail.costUsd));

export const hero = <filmgate-video ref={onMount} model="wan-2.6" prompt="A fox" duration={5} className="hero" muted />;
// @ts-expect-error The price is a number.
export const wrong = <filmgate-video max-cost-usd={true} />;
