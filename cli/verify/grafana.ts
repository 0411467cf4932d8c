import type { Login } from "../login";
import { request } from "./http";
import type { Correlation } from "./links";
import { type Backend, backendAt, HttpStatusError } from "./backends";
import { PermanentError } from "./check";

/** A data source as the API of Grafana returns it. */
export interface DataSource {
    uid: string;
    name: string;
    type: string;
    jsonData: Record<string, any>;
}

/** The HTTP API of Grafana. */
export class Grafana {
    private readonly api: Backend;
    private readonly headers: Record<string, string>;

    constructor(
        private readonly url: () => Promise<string>,
        private readonly login: Login,
    ) {
        const credentials = Buffer.from(`${login.user}:${login.password}`).toString("base64");
        this.headers = { authorization: `Basic ${credentials}` };
        this.api = backendAt(url, this.headers);
    }

    /** Returns the version. @throws Error if Grafana is not ready. */
    async health(): Promise<string> {
        const { status, body } = await request(`${await this.url()}/api/health`);
        const { database, version } = parse(body) as { database?: string; version?: string };
        if (status !== 200 || database !== "ok") {
            throw new Error(`Grafana is not ready (status ${status}, database ${database ?? "unknown"})`);
        }
        return version ?? "unknown";
    }

    /** @throws PermanentError if Grafana rejects the user or the password. */
    async logIn(): Promise<void> {
        try {
            await this.api.get("/api/user");
        } catch (error) {
            if (error instanceof HttpStatusError && (error.status === 401 || error.status === 403)) {
                throw new PermanentError(
                    `Grafana rejects user ${this.login.user} with the password from the Secret or from GRAFANA_PASSWORD`,
                );
            }
            throw error;
        }
    }

    /** @throws PermanentError if no data source has this UID. */
    async dataSource(uid: string): Promise<DataSource> {
        try {
            return parse((await this.api.get(`/api/datasources/uid/${uid}`)).body) as DataSource;
        } catch (error) {
            if (error instanceof HttpStatusError && error.status === 404) {
                throw new PermanentError(`Grafana has no data source with the UID "${uid}"`);
            }
            throw error;
        }
    }

    async correlations(uid: string): Promise<Correlation[]> {
        try {
            return parse((await this.api.get(`/api/datasources/uid/${uid}/correlations`)).body) as Correlation[];
        } catch (error) {
            if (error instanceof HttpStatusError && error.status === 404) {
                return [];
            }
            throw error;
        }
    }

    /** Runs the health check of a data source. Passes if this version of Grafana has no health check for its type. */
    async dataSourceHealth(uid: string): Promise<void> {
        const { status, body } = await request(`${await this.url()}/api/datasources/uid/${uid}/health`, {
            headers: this.headers,
        });
        if (status !== 200 && ![404, 501, 503].includes(status)) {
            const { message } = parse(body) as { message?: string };
            throw new Error(`the health check of the data source failed: ${message ?? body.slice(0, 300)}`);
        }
    }

    /** The backend of a data source, queried through Grafana with the URL and headers of the data source, as a panel does. */
    through(uid: string): Backend {
        return backendAt(async () => `${await this.url()}/api/datasources/proxy/uid/${uid}`, this.headers);
    }
}

function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return {};
    }
}
