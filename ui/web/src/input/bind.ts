// Binds keys and taps of the whole page to the model. Empty until the model has something to do.
export const bind = (): void => {};
