/** One thing that was looked at. */
export interface Finding {
    area: "pods" | "volumes" | "queues" | "signals";
    subject: string;
    /** False: something is wrong; undefined: it could not be looked at. */
    ok: boolean | undefined;
    text: string;
}

export function age(seconds: number): string {
    const minutes = Math.round(seconds / 60);
    return seconds < 120
        ? `${Math.round(seconds)} s`
        : minutes < 120
          ? `${minutes} min`
          : `${Math.round(minutes / 60)} h`;
}
