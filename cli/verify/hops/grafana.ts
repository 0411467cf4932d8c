import { contract } from "../../../components/contract";
import { alertmanagerPath } from "../../../components/mimir";
import { type Context, kubectl, logsOf, type Store } from "../context";
import { Fault, type Hop } from "../run";
import {
    findTrace,
    loadedGroups,
    profileLabels,
    profileTotal,
    queryLogs,
    queryMetrics,
    type Reader,
    Refused,
} from "../stores";
import { cpuProfileType } from "./stored";
import { dataSourceUids } from "../../../dashboards/lib/data-sources";

/** Grafana lets in, and its data sources answer. */
export function grafanaHops({ stack, grafana }: Context): Hop[] {
    return [
        {
            id: "grafana-login",
            title: "Grafana takes the login",
            after: ["reach-grafana"],
            check: () => grafana.logIn(),
            cause: "the password was changed in Grafana by hand; set it in GRAFANA_PASSWORD, or reset it to that of the Secret",
            command: kubectl(
                stack,
                `exec deployment/${contract.grafana.service} -- grafana cli admin reset-admin-password NEW`,
            ),
        },
        ...(Object.keys(pings) as Store[]).map((uid): Hop => ({
            id: `source-${uid}`,
            title: `the data source ${uid} answers`,
            after: ["grafana-login", `reach-${uid}`],
            check: async () => {
                await grafana.dataSource(uid);
                await asTenant(pings[uid](grafana.through(uid)));
                await grafana.dataSourceHealth(uid);
            },
            cause: `the data source has another address than http://${contract[uid].service}:${contract[uid].ports.http}, or Grafana cannot reach it`,
            command: logsOf(stack, "grafana"),
        })),
        {
            id: "source-alertmanager",
            title: "the data source alertmanager answers",
            after: ["grafana-login", "reach-mimir"],
            check: async () => {
                await grafana.dataSource(dataSourceUids.alertmanager);
                await asTenant(grafana.through(dataSourceUids.alertmanager).get(`${alertmanagerPath}/api/v2/status`));
            },
            cause: "Mimir refuses the Alertmanager's configuration, or runs none",
            command: logsOf(stack, "mimir"),
        },
    ];
}

/** Something small that only this kind of store answers. */
const pings: Record<Store, (reader: Reader) => Promise<unknown>> = {
    tempo: (reader) => reader.get("/api/search/tags"),
    loki: (reader) => reader.get("/loki/api/v1/labels"),
    mimir: (reader) => queryMetrics(reader, "vector(1)"),
    pyroscope: profileLabels,
};

/** @throws Fault when the store says that no tenant was named. */
async function asTenant(answer: Promise<unknown>): Promise<void> {
    try {
        await answer;
    } catch (error) {
        if (error instanceof Refused && saysUnauthorized(error)) {
            throw new Fault(error.message, "the data source does not send the tenant: header X-Scope-OrgID");
        }
        throw error;
    }
}

/** Grafana makes a 400 of a store's 401, so that a browser does not log its user out. */
export function saysUnauthorized({ status, message }: Refused): boolean {
    return status === 401 || (status === 400 && /authentication to data source failed/i.test(message));
}

/** Everything that is stored is found through Grafana. */
export function readHops({ stack, signals, grafana }: Context): Hop[] {
    const selector = `{service_name="${signals.services.app}"}`;
    const found = (
        uid: Store,
        what: string,
        since: string,
        after: string,
        check: (reader: Reader) => Promise<boolean>,
    ) => ({
        id: `read-${uid}`,
        title: `Grafana finds ${what} through ${uid}`,
        after: [`source-${uid}`, after],
        since,
        // It is there, and only the way is another.
        patienceSeconds: 10,
        check: async () => {
            if (!(await check(grafana.through(uid)))) {
                throw new Error(`it is in ${uid}, and Grafana does not find it`);
            }
        },
        cause: "the data source asks another store, or another tenant, than the writers write to",
        command: logsOf(stack, "grafana"),
    });
    return [
        found("tempo", "the trace", "send-http", "stored-http", async (tempo) => {
            return (await findTrace(tempo, signals.http.traceId)).length > 0;
        }),
        found("loki", "the log line", "send-log", "labels-log", async (loki) => {
            return (await queryLogs(loki, selector)).length > 0;
        }),
        found("mimir", "the histogram", "send-metric", "labels-metric", async (mimir) => {
            return (await queryMetrics(mimir, `${signals.metric.name}_count${selector}`)).length > 0;
        }),
        found("pyroscope", "the profile", "send-profile", "stored-profile", async (pyroscope) => {
            return (await profileTotal(pyroscope, cpuProfileType, selector)) > 0;
        }),
    ];
}

/** The stack's own metrics and rules. */
export function ownHops({ stack, grafana }: Context): Hop[] {
    const job = contract.otelCollector.release;
    return [
        {
            id: "up",
            title: `up{job="${job}"} is 1`,
            after: ["source-mimir"],
            check: async () => {
                const found = await queryMetrics(grafana.through("mimir"), `up{job="${job}"}`);
                const down = found.filter(({ value }) => value !== 1);
                if (found.length === 0 || down.length > 0) {
                    throw new Error(
                        found.length === 0
                            ? "nobody scrapes the collector"
                            : `of ${found.length} collectors ${down.length} cannot be scraped: ${down.map(({ labels }) => labels["instance"]).join(", ")}`,
                    );
                }
                return found.length === 1 ? undefined : `${found.length} collectors`;
            },
            cause: "lgtm-alloy-metrics does not run on the collector's node, or may not list pods, or cannot write to Mimir",
            command: logsOf(stack, "alloyMetrics"),
        },
        ...(["mimir", "loki"] as const).map((store): Hop => ({
            id: `rules-${store}`,
            title: `the rules of ${store} are loaded and none fails`,
            after: [`source-${store}`],
            check: async () => {
                const path = store === "mimir" ? "/api/v1/rules" : "/prometheus/api/v1/rules";
                const groups = await loadedGroups(grafana.through(store), path);
                const missing = stack.ruleGroups[store].filter((name) => !groups.some((group) => group.name === name));
                if (missing.length > 0) {
                    throw new Error(`there is no group ${missing.join(", ")}`);
                }
                const rules = groups.flatMap((group) => group.rules);
                const failing = rules.filter(({ health }) => health === "err");
                if (failing.length > 0) {
                    throw new Error(failing.map(({ name, lastError }) => `${name}: ${lastError}`).join("; "));
                }
                return rules.length === 1 ? "1 rule" : `${rules.length} rules`;
            },
            cause: `the ruler of ${store} is off, or a rule's query is refused`,
            command: logsOf(stack, store),
        })),
    ];
}
