import { type Settings, resolveSettings } from "../../settings/resolve";
import { collectionWarnings, type Collector } from "../../stack/collectors";
import { evaluateStack } from "../../cli/evaluate";

const settingsOf = (raw: object) => resolveSettings({ namespace: "team-a", ...raw });

/** The DaemonSets of a stack with these settings, as the program deploys them. */
async function collectorsOf(settings: object): Promise<Collector[]> {
    const { charts } = await evaluateStack("dev", { dapr: {}, ...settings });
    return charts
        .filter(({ release }) => /^lgtm-alloy-(logs|metrics)$/.test(release))
        .map(({ release, namespace, values }) => ({
            metadata: { name: release, namespace, annotations: values["controller"].extraAnnotations },
        }));
}

const begin = "collectFrom: this stack and the one in namespace team-b both collect";
const end =
    "Set collectFrom in both stacks, so that each collects from its own namespaces and only one of them from the nodes";

describe("two stacks in one cluster", () => {
    async function warningsOf(own: object, other: object): Promise<string[]> {
        const collectors = await collectorsOf({ namespace: "team-b", ...other });
        return collectionWarnings(collectors, settingsOf(own));
    }

    test("collect everything twice by default", async () => {
        expect(await warningsOf({}, {})).toEqual([
            `${begin} the logs of all pods, the metrics of all pods and the metrics of the nodes. ${end}`,
        ]);
    });

    test("collect nothing twice if each has its namespaces, and one of them the nodes", async () => {
        const other = { collectFrom: { namespaces: ["shop-b"], nodes: false } };
        expect(await warningsOf({ collectFrom: { namespaces: ["shop-a"] } }, other)).toEqual([]);
        const rest = { collectFrom: { excludeNamespaces: ["shop-b", "team-b"] } };
        expect(await warningsOf(rest, other)).toEqual([]);
    });

    test.each<[string, object, object, string]>([
        ["a namespace in both lists", { namespaces: ["x", "y"] }, { namespaces: ["y"], nodes: false }, "the pods in y"],
        [
            "a listed namespace that the other does not exclude",
            { excludeNamespaces: ["x"] },
            { namespaces: ["x"], nodes: false },
            "the pods in team-b",
        ],
        [
            "the namespaces that neither excludes",
            { excludeNamespaces: ["x"] },
            { excludeNamespaces: ["y"], nodes: false },
            "all pods except those in x, y",
        ],
    ])("collect %s twice", async (_, own, other, what) => {
        expect(await warningsOf({ collectFrom: own }, { collectFrom: other })).toEqual([
            `${begin} the logs of ${what} and the metrics of ${what}. ${end}`,
        ]);
    });

    test("collect the nodes twice if both do", async () => {
        const of = (name: string) => ({ collectFrom: { namespaces: [name] } });
        expect(await warningsOf(of("x"), of("y"))).toEqual([`${begin} the metrics of the nodes. ${end}`]);
    });

    test("collect no logs twice that logs.excludeNamespaces excludes", async () => {
        const own = { collectFrom: { namespaces: ["x"], nodes: false }, logs: { excludeNamespaces: ["x"] } };
        expect(await warningsOf(own, { collectFrom: { namespaces: ["x"] } })).toEqual([
            `${begin} the metrics of the pods in x. ${end}`,
        ]);
    });
});

describe("collectors in the cluster", () => {
    const warnings = (settings: Settings, metadata: Collector["metadata"]) =>
        collectionWarnings([{ metadata }], settings);
    const everything = [`${begin} the metrics of all pods and the metrics of the nodes. ${end}`];

    test("collect everything if they do not say what they collect", () => {
        const metadata = { name: "lgtm-alloy-metrics", namespace: "team-b" };
        expect(warnings(settingsOf({}), metadata)).toEqual(everything);
        const annotations = { "observability.mathtrail/collects": "no JSON" };
        expect(warnings(settingsOf({}), { ...metadata, annotations })).toEqual(everything);
    });

    test("of the stack itself, and other DaemonSets, are ignored", () => {
        expect(warnings(settingsOf({}), { name: "lgtm-alloy-metrics", namespace: "team-a" })).toEqual([]);
        expect(warnings(settingsOf({}), { name: "node-exporter", namespace: "team-b" })).toEqual([]);
    });
});
