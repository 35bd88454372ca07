// The JSON of the gateway's API, as Go's agent/label and agent/series write it. Fields that Go leaves out when empty are optional here.
// UTC nanoseconds are plain numbers: a double holds them to 256 ns, which the gateway's checks allow for.
// The shapes themselves live in wire/types.ts, where they are read and sent; every layer above imports them from here.

export type * from "../wire/types";
