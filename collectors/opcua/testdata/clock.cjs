// node -r clock.cjs: a controller that lost its time and started in 1970.
const real = Date, shift = Date.UTC(1970, 0, 2) - Date.now();
globalThis.Date = class extends real {
  constructor(...given) { given.length === 0 ? super(real.now() + shift) : super(...given); }
  static now() { return real.now() + shift; }
};
