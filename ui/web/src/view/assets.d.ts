/** Where the build put the worker that looks at pixels. */
declare const ASSIST_WORKER: string;
