// The server's half of a WebSocket, just enough to send hints.
import { createHash } from "node:crypto";

export class Sockets {
  #open = new Set();

  accept(request, socket) {
    const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket));
    socket.on("error", () => this.#open.delete(socket));
    socket.on("data", (d) => (d[0] & 15) === 8 && socket.end());
  }

  send(hint) {
    const body = Buffer.from(JSON.stringify(hint));
    for (const s of this.#open) s.write(Buffer.concat([Buffer.from([0x81, body.length]), body]));
  }

  drop() {
    for (const s of this.#open) s.destroy();
  }
}
