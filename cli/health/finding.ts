/** The result of one health check. */
export interface Finding {
    area: "pods" | "volumes" | "queues" | "signals";
    subject: string;
    /** False if something is wrong. Undefined if it could not be checked. */
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
