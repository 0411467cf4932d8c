/** Options of a request. Default: a GET request without a body. */
export interface RequestOptions {
    method?: "GET" | "POST";
    query?: Record<string, string>;
    headers?: Record<string, string>;
    body?: string | FormData;
}

/** A response with any status. */
export interface HttpResponse {
    status: number;
    body: string;
    /** How many seconds the clock of the server is ahead of the clock of this machine. Undefined without a Date header. */
    clockAheadSeconds: number | undefined;
}

const requestTimeoutMs = 10_000;

/** @throws Error with the reason if there is no response. */
export async function request(url: string, options: RequestOptions = {}): Promise<HttpResponse> {
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
        throw new Error(`${new URL(url).origin} does not respond: ${reasonOf(error)}`, { cause: error });
    }
}

/**
 * Returns how many seconds the clock of a server is ahead of the clock of this machine.
 *
 * @param date the Date header of the response.
 * @param started start of the request, in milliseconds since 1970.
 * @param ended end of the request, in milliseconds since 1970.
 */
export function clockAhead(date: string | null, started: number, ended: number): number | undefined {
    const serverTime = Date.parse(date ?? "");
    // The header has no fractions of a second. Half a second is their mean.
    return Number.isNaN(serverTime) ? undefined : (serverTime + 500 - (started + ended) / 2) / 1000;
}

/** The reason why a connection or a request failed, as a clause. */
export function reasonOf(error: unknown): string {
    const { name, cause = error } = error as Error;
    if (name === "TimeoutError") {
        return `there was no response within ${requestTimeoutMs / 1000} s`;
    }
    const { code, message } = cause as { code?: string; message: string };
    return reasons[code ?? ""] ?? message;
}

const reasons: Record<string, string> = {
    ECONNREFUSED: "the connection was refused",
    ECONNRESET: "the connection was closed",
    UND_ERR_SOCKET: "the connection was closed",
    ENOTFOUND: "the host name does not exist",
    EAI_AGAIN: "the host name cannot be resolved",
    EHOSTUNREACH: "there is no route to the host",
};
