/** Runs `f` once, `wait` ms after the first of a burst of calls. */
export const coalesce = (f: () => void, wait: number): (() => void) => {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    setTimeout(() => {
      pending = false;
      f();
    }, wait);
  };
};

/** Runs `f` with the newest argument, `wait` ms after the last of a burst of calls. */
export const settle = <T>(f: (v: T) => void, wait: number): ((v: T) => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (v) => {
    clearTimeout(timer);
    timer = setTimeout(() => f(v), wait);
  };
};
