import type { Login } from "../login";
import { request } from "./http";
import type { Correlation } from "./links";
import { Fault } from "./run";
import { type Reader, readerAt, Refused } from "./stores";

/** A data source as Grafana's API tells it. */
export interface DataSource {
    uid: string;
    name: string;
    type: string;
    jsonData: Record<string, any>;
}

/** Grafana's HTTP API. */
export class Grafana {
    private readonly api: Reader;
    private readonly headers: Record<string, string>;

    constructor(
        private readonly url: () => Promise<string>,
        private readonly login: Login,
    ) {
        const credentials = Buffer.from(`${login.user}:${login.password}`).toString("base64");
        this.headers = { authorization: `Basic ${credentials}` };
        this.api = readerAt(url, this.headers);
    }

    /** @returns the version. @throws Error when it is not ready. */
    async health(): Promise<string> {
        const { status, body } = await request(`${await this.url()}/api/health`);
        const { database, version } = parse(body) as { database?: string; version?: string };
        if (status !== 200 || database !== "ok") {
            throw new Error(`it is not ready (status ${status}, database ${database ?? "unknown"})`);
        }
        return version ?? "unknown";
    }

    /** @throws Fault when Grafana does not know user and password. */
    async logIn(): Promise<void> {
        try {
            await this.api.get("/api/user");
        } catch (error) {
            if (error instanceof Refused && (error.status === 401 || error.status === 403)) {
                throw new Fault(
                    `Grafana refuses user ${this.login.user} with the password of the Secret or GRAFANA_PASSWORD`,
                );
            }
            throw error;
        }
    }

    /** @throws Fault when there is none of this uid. */
    async dataSource(uid: string): Promise<DataSource> {
        try {
            return parse((await this.api.get(`/api/datasources/uid/${uid}`)).body) as DataSource;
        } catch (error) {
            if (error instanceof Refused && error.status === 404) {
                throw new Fault(`Grafana has no data source with the uid "${uid}"`);
            }
            throw error;
        }
    }

    async correlations(uid: string): Promise<Correlation[]> {
        try {
            return parse((await this.api.get(`/api/datasources/uid/${uid}/correlations`)).body) as Correlation[];
        } catch (error) {
            if (error instanceof Refused && error.status === 404) {
                return [];
            }
            throw error;
        }
    }

    /** Runs a data source's own health check. Nothing, where this version of Grafana has none for its type. */
    async dataSourceHealth(uid: string): Promise<void> {
        const { status, body } = await request(`${await this.url()}/api/datasources/uid/${uid}/health`, {
            headers: this.headers,
        });
        if (status !== 200 && ![404, 501, 503].includes(status)) {
            const { message } = parse(body) as { message?: string };
            throw new Error(`the data source's health check says: ${message ?? body.slice(0, 300)}`);
        }
    }

    /** Reads as a panel does: through Grafana, with the data source's address and headers. */
    through(uid: string): Reader {
        return readerAt(async () => `${await this.url()}/api/datasources/proxy/uid/${uid}`, this.headers);
    }
}

function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return {};
    }
}
