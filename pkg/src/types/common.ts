/** The two providers that filmgate speaks to. */
export type ProviderId = "runpod" | "runware";

/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
