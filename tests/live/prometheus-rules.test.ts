import { describeWith } from "../helpers/prerequisites";
import type { Pod } from "./kubernetes";
import { eventually } from "./process";
import { metricOf } from "./sink";
import type { Part } from "./parts";
import { grafanaLogin, LiveStack } from "./stack";
import { closeConnections, get } from "./telemetry";

jest.setTimeout(400_000);

const singleton: Part = "lgtm-alloy-singleton";
const objectRuler: Part = "mimir-object-ruler";
const otherReplica: Part = "mimir-object-ruler-1";
const objectRulers = [objectRuler, otherReplica];
const rules = "/prometheus/api/v1/rules";
const uid = "0c5dd8b3-6b2f-4f27-9d6a-0f6d0d5f1f10";

/** The parts of Mimir in each mode, with the one that evaluates the rule files. The first part is behind the Service. */
const modes: { mode: string; parts: Part[]; fileRuler: Part }[] = [
    { mode: "monolithic", parts: ["mimir"], fileRuler: "mimir" },
    {
        mode: "distributed",
        parts: [
            ...(["mimir-gateway", "mimir-distributor", "mimir-ingester", "mimir-querier"] as const),
            ...(["mimir-query-frontend", "mimir-query-scheduler", "mimir-store-gateway"] as const),
            ...(["mimir-ruler", "mimir-alertmanager"] as const),
        ],
        fileRuler: "mimir-ruler",
    },
];

interface Group {
    name: string;
    file: string;
    rules: { name: string; type: string; health: string; lastEvaluation: string }[];
}
interface Alert {
    labels: Record<string, string>;
    status: { state: string };
}

/** Pods make the namespaces of the fake API. */
function pods(): Pod[] {
    return ["shop", "dev"].map((namespace) => ({
        ...{ name: "app", namespace, uid: namespace, ip: "127.0.0.1", deployment: "app" },
        ...{ labels: {}, annotations: {}, containers: [] },
    }));
}

function ruleObject(namespace: string, value: number, version: number): { metadata: any; spec: object } {
    return {
        metadata: {
            ...{ name: "orders", namespace, uid, resourceVersion: String(version) },
            generation: version,
        },
        spec: {
            groups: [
                {
                    name: "orders",
                    interval: "5s",
                    rules: [
                        { record: `${namespace}:orders:sum`, expr: `vector(${value})`, labels: { team: "shop" } },
                        {
                            alert: `${namespace}OrdersStuck`,
                            expr: `${namespace}:orders:sum > ${value - 1}`,
                            labels: { severity: "warning" },
                        },
                    ],
                },
                // More rules than Mimir allows by default.
                {
                    name: "many",
                    interval: "1m",
                    rules: Array.from({ length: 25 }, (_, index) => ({
                        record: `${namespace}:many${index}:sum`,
                        expr: "vector(1)",
                    })),
                },
            ],
        },
    };
}

/** The Service of distributed Mimir is its gateway, which starts after the parts. */
function toAlertmanager(part: Part, config: Record<string, any>): object {
    const url = config["ruler"]?.alertmanager_url as string | undefined;
    const own = `.${LiveStack.hostNumber("mimir")}:`;
    return part.startsWith("mimir") && url !== undefined
        ? { ruler: { alertmanager_url: url.replace(own, `.${LiveStack.hostNumber("mimir-alertmanager")}:`) } }
        : {};
}

describe.each(modes)("live: rules of PrometheusRule objects", ({ mode, parts, fileRuler }) => {
    describeWith(
        { programs: ["helm", "minio", "mimir", "alloy", ...(mode === "distributed" ? ["nginx"] : [])], mirror: true },
        `with ${mode} Mimir`,
        () => {
            let live: LiveStack;
            const [front] = parts as [Part];
            const url = (part: Part, route: string) => `http://${live.address(part)}:9009${route}`;
            const groupsOf = async (part: Part) => (await get(url(part, rules))).data.groups as Group[];
            const query = async (expression: string, part: Part = front) =>
                (await get(url(part, "/prometheus/api/v1/query"), { query: expression })).data.result as {
                    metric: Record<string, string>;
                    value: [number, string];
                }[];
            const alerts = async () => (await get(url(front, "/alertmanager/api/v2/alerts"))) as Alert[];

            beforeAll(async () => {
                live = await LiveStack.start(
                    "dev",
                    {
                        metrics: { prometheusRules: true },
                        collectFrom: { excludeNamespaces: ["dev"] },
                        alerting: { groupWait: "1s" },
                        mode: { mimir: mode },
                    },
                    ["minio", ...parts, ...objectRulers, singleton],
                    pods,
                    mode === "distributed" ? toAlertmanager : undefined,
                );
                live.kubernetes.change("ADDED", "prometheusrules", ruleObject("shop", 7, 1));
                live.kubernetes.change("ADDED", "prometheusrules", ruleObject("dev", 7, 1));
            });

            afterAll(async () => {
                closeConnections();
                await live?.stop();
            });

            test("Alloy writes the rules of collected namespaces, and the second ruler evaluates them without an error", async () => {
                await eventually(
                    "all rules have been evaluated",
                    async () => {
                        // Each replica also answers for the other one.
                        const groups = await groupsOf(otherReplica);
                        expect(groups.map(({ name }) => name).sort()).toEqual(["many", "orders"]);
                        expect(groups.map(({ file }) => file)).toEqual(Array(2).fill(`alloy/shop/orders/${uid}`));
                        const all = groups.flatMap((group) => group.rules);
                        expect(all.filter(({ health }) => health !== "ok")).toEqual([]);
                    },
                    150,
                );
            });

            test("the result of a recording rule is in Mimir, with the label cluster", async () => {
                await eventually("the series can be queried", async () => {
                    const [series] = await query("shop:orders:sum");
                    expect(series?.metric).toEqual({
                        __name__: "shop:orders:sum",
                        team: "shop",
                        cluster: "mathtrail-dev",
                    });
                    expect(series?.value[1]).toBe("7");
                });
            });

            test("an alert reaches the Alertmanager, and is the series ALERTS in Mimir", async () => {
                await eventually(
                    "the alert fires",
                    async () => {
                        const firing = (await alerts()).filter(
                            ({ labels }) => labels["alertname"] === "shopOrdersStuck",
                        );
                        expect(firing.map(({ labels }) => labels)).toEqual([
                            {
                                alertname: "shopOrdersStuck",
                                ...{ cluster: "mathtrail-dev", severity: "warning", team: "shop" },
                            },
                        ]);
                        expect(await query('ALERTS{alertname="shopOrdersStuck", alertstate="firing"}')).toHaveLength(1);
                        // The first attempt can come before the ruler has found the Alertmanager. It repeats it after a minute.
                    },
                    100,
                );
            });

            test("each ruler evaluates and lists only its own rules", async () => {
                const first = await eventually(
                    "the rule files are evaluated",
                    async () => {
                        const groups = await groupsOf(front);
                        expect(groups.find(({ name }) => name === "watchdog")?.rules[0]?.health).toBe("ok");
                        return groups;
                    },
                    150,
                );
                const second = await groupsOf(objectRuler);
                expect(first.filter(({ file }) => file.startsWith("alloy/"))).toEqual([]);
                expect(second.map(({ name }) => name)).not.toContain("watchdog");
                const evaluated = async (part: Part) => {
                    const text = await (await fetch(url(part, "/metrics"))).text();
                    return [...text.matchAll(/^cortex_prometheus_rule_group_rules\{rule_group="([^"]+)"/gm)].map(
                        ([, group = ""]) => group.replace(/^.*;/, ""),
                    );
                };
                expect((await evaluated(fileRuler)).sort()).toEqual(first.map(({ name }) => name).sort());
                const byReplica = await Promise.all(objectRulers.map(evaluated));
                expect(byReplica.flat().sort()).toEqual(["many", "orders"]);
            });

            test("the second ruler answers queries, for the data source of Grafana", async () => {
                const [series] = await query("shop:orders:sum", objectRuler);
                expect(series?.value[1]).toBe("7");
            });

            test("a changed object changes its rule", async () => {
                live.kubernetes.change("MODIFIED", "prometheusrules", ruleObject("shop", 9, 2));
                await eventually(
                    "the new value is recorded",
                    async () => {
                        const [series] = await query("shop:orders:sum");
                        expect(series?.value[1]).toBe("9");
                    },
                    100,
                );
            });

            test("one invalid object stops changes of all objects, which a metric reports", async () => {
                const failed = () =>
                    metricOf(`http://${live.address(singleton)}:12345`, "mimir_rules_events_failed_total");
                expect(await failed()).toBe(0);
                const invalid = ruleObject("shop", 9, 3);
                invalid.metadata.name = "invalid";
                invalid.spec = { groups: [{ name: "invalid", rules: [{ record: "invalid", expr: "sum(" }] }] };
                live.kubernetes.change("ADDED", "prometheusrules", invalid);
                await eventually("the failure is counted", async () => expect(await failed()).toBeGreaterThan(0));
                expect(live.process(singleton).output()).toMatch(/level=error .*invalid/);
                const orders = async () => (await query("shop:orders:sum"))[0]?.value[1];
                live.kubernetes.change("MODIFIED", "prometheusrules", ruleObject("shop", 11, 3));
                // A change has an effect after seconds.
                await new Promise((resolve) => setTimeout(resolve, 30_000));
                expect(await orders()).toBe("9");
                live.kubernetes.change("DELETED", "prometheusrules", invalid);
                await eventually("the change is written", async () => expect(await orders()).toBe("11"), 330);
            });

            test("a replica takes over the rules of one that ends", async () => {
                await live.process(otherReplica).stop("SIGTERM");
                const end = Date.now();
                await eventually(
                    "all rules are evaluated by the replica that is left",
                    async () => {
                        const all = (await groupsOf(objectRuler)).flatMap((group) => group.rules);
                        expect(all).toHaveLength(27);
                        expect(all.filter(({ lastEvaluation }) => Date.parse(lastEvaluation) < end)).toEqual([]);
                    },
                    150,
                );
            });

            test("a deleted object removes its rules", async () => {
                live.kubernetes.change("DELETED", "prometheusrules", ruleObject("shop", 11, 4));
                await eventually("no rule is left", async () => expect(await groupsOf(objectRuler)).toEqual([]), 100);
                expect((await groupsOf(front)).map(({ name }) => name)).toContain("watchdog");
            });
        },
    );
});

describeWith(
    { programs: ["helm", "minio", "mimir", "alloy", "grafana"], mirror: true },
    "live: the data source of PrometheusRule objects",
    () => {
        let live: LiveStack;

        beforeAll(async () => {
            live = await LiveStack.start(
                "dev",
                { metrics: { prometheusRules: true } },
                ["minio", "mimir", objectRuler, singleton, "lgtm-grafana"],
                pods,
            );
            live.kubernetes.change("ADDED", "prometheusrules", ruleObject("shop", 7, 1));
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        test("answers queries, and gives Grafana the list of rules with their state, beside that of the rule files", async () => {
            const { user, password } = grafanaLogin;
            const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
            const grafana = async (route: string) => {
                const response = await fetch(`http://${live.address("lgtm-grafana")}:3000/api${route}`, {
                    headers: { authorization },
                });
                return await response.json();
            };
            await eventually(
                "Grafana lists the rules",
                async () => {
                    const query = "/datasources/proxy/uid/prometheusrules/api/v1/query?query=vector(1)";
                    expect((await grafana(query)).data.result).toHaveLength(1);
                    const listOf = async (uid: string) =>
                        ((await grafana(`/prometheus/${uid}/api/v1/rules`)).data.groups as Group[]).flatMap((group) =>
                            group.rules.map(({ name, health }) => `${name} ${health}`),
                        );
                    const [objects, files] = [await listOf("prometheusrules"), await listOf("mimir")];
                    expect(objects).toContain("shopOrdersStuck ok");
                    expect(objects).not.toContain("Watchdog ok");
                    expect(files).toContain("Watchdog ok");
                    expect(files).not.toContain("shopOrdersStuck ok");
                },
                150,
            );
        });
    },
);
