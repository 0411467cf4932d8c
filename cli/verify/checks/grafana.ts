import { contract } from "../../../components/contract";
import { dataSourceUids } from "../../../dashboards/lib/data-sources";
import {
    type Backend,
    findTrace,
    HttpStatusError,
    profileLabels,
    profileTotal,
    queryLogs,
    queryMetrics,
} from "../backends";
import { type Check, PermanentError } from "../check";
import { passwordCommand } from "../../login";
import { type BackendName, type Context, logsCommand } from "../context";
import { cpuProfileType } from "./stored";

/** Checks that the Grafana login works and that the data sources respond. */
export function dataSourceChecks({ stack, grafana }: Context): Check[] {
    return [
        {
            id: "grafana-login",
            title: "Grafana accepts the login",
            dependsOn: ["reach-grafana"],
            run: () => grafana.logIn(),
            cause: `the password was changed in Grafana; set the current password in GRAFANA_PASSWORD, or reset it to the password in the Secret ${stack.grafanaSecret} with \`grafana cli admin reset-admin-password\``,
            command: passwordCommand(stack),
        },
        ...(Object.keys(testQueries) as BackendName[]).map((uid): Check => ({
            id: `source-${uid}`,
            title: `the data source ${uid} responds`,
            dependsOn: ["grafana-login", `reach-${uid}`],
            run: async () => {
                await grafana.dataSource(uid);
                await requireTenant(testQueries[uid](grafana.through(uid)));
                await grafana.dataSourceHealth(uid);
            },
            cause: `the URL of the data source is not http://${contract[uid].service}:${contract[uid].ports.http}, or Grafana cannot connect to it`,
            command: logsCommand(stack, "grafana"),
        })),
        {
            id: "source-alertmanager",
            title: "the data source alertmanager responds",
            dependsOn: ["grafana-login", "reach-mimir"],
            run: async () => {
                await grafana.dataSource(dataSourceUids.alertmanager);
                const alertmanager = grafana.through(dataSourceUids.alertmanager);
                await requireTenant(alertmanager.get("/api/v2/status"));
            },
            cause: "the Alertmanager of Mimir does not run, or Mimir rejects its configuration",
            command: logsCommand(stack, "mimir"),
        },
    ];
}

/** A cheap query for each backend that only this kind of backend can answer. */
const testQueries: Record<BackendName, (backend: Backend) => Promise<unknown>> = {
    tempo: (backend) => backend.get("/api/search/tags"),
    loki: (backend) => backend.get("/loki/api/v1/labels"),
    mimir: (backend) => queryMetrics(backend, "vector(1)"),
    pyroscope: profileLabels,
};

/** @throws PermanentError if the backend rejects the request because it has no tenant. */
async function requireTenant(response: Promise<unknown>): Promise<void> {
    try {
        await response;
    } catch (error) {
        if (error instanceof HttpStatusError && isUnauthorized(error)) {
            throw new PermanentError(
                error.message,
                "the data source does not send the tenant in the header X-Scope-OrgID",
            );
        }
        throw error;
    }
}

/** Grafana replaces status 401 of a backend with 400, so that a browser does not log out the user. */
export function isUnauthorized({ status, message }: HttpStatusError): boolean {
    return status === 401 || (status === 400 && /authentication to data source failed/i.test(message));
}

/** Checks that Grafana finds the stored test data. */
export function readChecks({ stack, testData, grafana }: Context): Check[] {
    const selector = `{service_name="${testData.services.app}"}`;
    const found = (
        uid: BackendName,
        object: string,
        measuredFrom: string,
        stored: string,
        isFound: (backend: Backend) => Promise<boolean>,
    ): Check => ({
        id: `read-${uid}`,
        title: `Grafana finds ${object} through the data source ${uid}`,
        dependsOn: [`source-${uid}`, stored],
        measuredFrom,
        // The data is already stored.
        timeoutSeconds: 10,
        run: async () => {
            if (!(await isFound(grafana.through(uid)))) {
                throw new Error(`${object} is stored in ${uid}, but Grafana does not find it`);
            }
        },
        cause: "the data source uses a different backend or a different tenant than the pipeline",
        command: logsCommand(stack, "grafana"),
    });
    return [
        found("tempo", "the trace", "send-http", "stored-http", async (tempo) => {
            return (await findTrace(tempo, testData.http.traceId)).length > 0;
        }),
        found("loki", "the log line", "send-log", "labels-log", async (loki) => {
            return (await queryLogs(loki, selector)).length > 0;
        }),
        found("mimir", "the histogram", "send-metric", "labels-metric", async (mimir) => {
            return (await queryMetrics(mimir, `${testData.metric.name}_count${selector}`)).length > 0;
        }),
        found("pyroscope", "the profile", "send-profile", "stored-profile", async (pyroscope) => {
            return (await profileTotal(pyroscope, cpuProfileType, selector)) > 0;
        }),
    ];
}
