// The states that were shown, as entries of the browser's history.

import type { Codec, State } from "./state";

interface Place {
  position?: number;
  last?: number;
}

export class Past {
  private position: number; // in the history of this page, and the last place in it
  private last: number;

  constructor(private readonly codec: Codec) {
    const kept = history.state as Place | null;
    this.position = kept?.position ?? 0;
    this.last = Math.max(this.position, kept?.last ?? 0);
  }

  get atStart(): boolean {
    return this.position === 0;
  }

  get atEnd(): boolean {
    return this.position >= this.last;
  }

  /** A new entry, unless nothing has changed. */
  push(state: State): void {
    const hash = this.codec.write(state);
    if (hash === location.hash) return;
    this.position += 1;
    this.last = this.position;
    history.pushState({ position: this.position, last: this.last }, "", hash);
  }

  /** The present entry tells another state. */
  replace(state: State): void {
    history.replaceState({ position: this.position, last: this.last }, "", this.codec.write(state));
  }

  /** The browser has gone to another entry. */
  moved(event: PopStateEvent): void {
    this.position = (event.state as Place | null)?.position ?? 0;
  }
}
