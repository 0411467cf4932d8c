/** How a request differs from a plain GET. */
export interface RequestOptions {
    method?: "GET" | "POST";
    query?: Record<string, string>;
    headers?: Record<string, string>;
    body?: string | FormData;
}

/** An answer, whatever its status. */
export interface Answer {
    status: number;
    body: string;
    /** How far the clock of who answered is ahead of this machine's. */
    clockAheadSeconds: number | undefined;
}

const requestTimeoutMs = 10_000;

/** @throws Error that says how the address does not answer. */
export async function request(url: string, options: RequestOptions = {}): Promise<Answer> {
    const { method = "GET", query = {}, headers = {}, body } = options;
    const search = new URLSearchParams(query).toString();
    const started = Date.now();
    try {
        const response = await fetch(search === "" ? url : `${url}?${search}`, {
            method,
            headers: { accept: "application/json", ...headers },
            body,
            signal: AbortSignal.timeout(requestTimeoutMs),
        });
        const clockAheadSeconds = clockAhead(response.headers.get("date"), started, Date.now());
        return { status: response.status, body: await response.text(), clockAheadSeconds };
    } catch (error) {
        throw new Error(`${new URL(url).origin} does not answer: ${reasonOf(error)}`, { cause: error });
    }
}

/**
 * How far the clock behind a Date header is ahead of ours.
 *
 * @param started when the request was made, in milliseconds since 1970; `ended` likewise.
 */
export function clockAhead(date: string | null, started: number, ended: number): number | undefined {
    const theirs = Date.parse(date ?? "");
    // The header has whole seconds, cut off: half a second more is nearest to the truth.
    return Number.isNaN(theirs) ? undefined : (theirs + 500 - (started + ended) / 2) / 1000;
}

/** Why a connection or a request came to nothing, in words. */
export function reasonOf(error: unknown): string {
    const { name, cause = error } = error as Error;
    if (name === "TimeoutError") {
        return `nothing came within ${requestTimeoutMs / 1000} s`;
    }
    const { code, message } = cause as { code?: string; message: string };
    return reasons[code ?? ""] ?? message;
}

const reasons: Record<string, string> = {
    ECONNREFUSED: "the connection was refused",
    ECONNRESET: "the connection was closed",
    UND_ERR_SOCKET: "the connection was closed",
    ENOTFOUND: "there is no such host",
    EAI_AGAIN: "the host's name cannot be looked up",
    EHOSTUNREACH: "there is no way to that host",
};
