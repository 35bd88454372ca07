import { NONE, type Level } from "../../model/canvas/invalidate";

/** Gathers what is out of date and draws it in one animation frame, however often it is asked. */
export class Frames {
  private level: Level = NONE;
  private request = 0;

  constructor(private readonly draw: (level: Level) => void) {}

  invalidate(level: Level): void {
    this.level |= level;
    if (this.request === 0 && this.level !== NONE) this.request = requestAnimationFrame(this.run);
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
    this.level = NONE;
  }

  private readonly run = (): void => {
    const level = this.level;
    this.level = NONE;
    this.request = 0;
    this.draw(level);
  };
}
