// The network between panel and gateway, which can be cut.
import { connect, createServer } from "node:net";

export class Relay {
  sockets = new Set();
  until = 0;

  constructor(port) { this.port = port; }

  get url() { return `http://127.0.0.1:${this.server.address().port}`; }

  async start() {
    this.server = createServer((near) => {
      if (Date.now() < this.until) return near.destroy();
      const far = connect(this.port(), "127.0.0.1");
      for (const s of [near, far]) { this.sockets.add(s); s.on("close", () => { this.sockets.delete(s); near.destroy(); far.destroy(); }).on("error", () => s.destroy()); }
      near.pipe(far).pipe(near);
    });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
  }

  /** Breaks all that runs and lets nothing through for some ms. */
  cut(ms) {
    this.until = Date.now() + ms;
    for (const s of this.sockets) s.destroy();
  }

  async stop() { this.cut(1e9); await new Promise((done) => (this.server ? this.server.close(done) : done())); }
}
