/** Where the build put the worker that looks at pixels. */
declare const ASSIST_WORKER: string;

/** And the one that reckons with signals. */
declare const WAVES_WORKER: string;
