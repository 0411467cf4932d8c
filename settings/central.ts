import { isDeepStrictEqual } from "util";
import { valueAt } from "./paths";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Whether the stack only collects, and sends everything to a central stack. */
export function isCollecting({ central }: Pick<CheckedSettings, "central">): boolean {
    return central.url !== undefined;
}

/** Whether Alloy as the receiver accepts profiles for the central stack. The collector sends OTLP to the central stack directly. */
export function receivesProfiles(
    settings: Pick<CheckedSettings, "central"> & { components: { alloyReceiver?: boolean } },
): boolean {
    return isCollecting(settings) && (settings.components.alloyReceiver ?? true);
}

/** Sets the external backends and the components of a stack that only collects. */
export function expandCentral(settings: CheckedSettings): CheckedSettings {
    const { central, components, external } = settings;
    const { url, otlpUrl, scheme = "bearer", existingSecret } = central;
    if (url === undefined) {
        return settings;
    }
    const base = url.replace(/\/+$/, "");
    const auth = existingSecret === undefined ? {} : { scheme, existingSecret };
    return {
        ...settings,
        external: {
            ...external,
            loki: { url: base, ...auth },
            mimir: { url: base, remoteWriteUrl: `${base}/api/v1/push`, otlpUrl: `${base}/otlp`, ...auth },
            pyroscope: { url: base, ...auth },
            // The collector of the central stack stores traces.
            tempo: {},
            otlp: { url: (otlpUrl ?? url).replace(/\/+$/, ""), ...auth },
        },
        components: { ...components, loki: false, tempo: false, mimir: false, pyroscope: false, grafana: false },
    };
}

/** Rules about a stack that only collects. The other rules read its expanded settings. */
export const centralRules: Rule[] = [
    { reads: ["central"], mistakes: incompleteCentral },
    { reads: ["central", "external", "components"], conditions: ["central"], mistakes: ownStores },
    { reads: ["central", "cluster"], conditions: ["central"], mistakes: defaultCluster },
    { reads: ["central", "tracing.samplingMode"], conditions: ["central"], mistakes: sampledTwice },
    { reads: ["central", "ingestion.external"], conditions: ["central"], mistakes: chained },
];

function wrong(path: string, message: string): Mistake {
    return { path: path.split("."), message, sentence: true };
}

function incompleteCentral({ central }: CheckedSettings, { isWrong }: Context): Mistake[] {
    const { url, existingSecret, ...others } = central;
    const [key] = Object.entries({ existingSecret, ...others }).flatMap(([name, value]) =>
        value === undefined ? [] : [name],
    );
    if (url === undefined) {
        return key === undefined || isWrong(["central", "url"])
            ? []
            : [wrong("central.url", `is missing; central.${key} is set`)];
    }
    return [
        ...(existingSecret === undefined && !isWrong(["central", "existingSecret"])
            ? [wrong("central.existingSecret", "is missing; the central stack accepts no data without a credential")]
            : []),
        ...[url, central.otlpUrl].flatMap((value, index) =>
            value !== undefined && /\/v1\/|\/push$/.test(value)
                ? [wrong(`central.${index === 0 ? "url" : "otlpUrl"}`, "has a path of a signal; remove the path")]
                : [],
        ),
    ];
}

function ownStores(settings: CheckedSettings, { raw }: Context): Mistake[] {
    if (!isCollecting(settings)) {
        return [];
    }
    // A program can pass settings that are expanded already.
    const external = (["loki", "tempo", "mimir", "pyroscope", "otlp"] as const)
        .filter((name) => isSet(valueAt(raw, ["external", name])))
        .filter((name) => !isDeepStrictEqual(valueAt(raw, ["external", name]), settings.external[name]))
        .map((name) => wrong(`external.${name}`, "and central.url are both set; remove one of them"));
    const grafanaUrl =
        settings.external.grafana.url === undefined
            ? []
            : [wrong("external.grafana", "and central.url are both set; remove one of them")];
    const stores = ["loki", "tempo", "mimir", "pyroscope"]
        .filter((name) => valueAt(raw, ["components", name]) === true)
        .map((name) =>
            wrong(
                `components.${name}`,
                "is true, but central.url is set, so that all data is stored there; remove one of them",
            ),
        );
    const grafana =
        valueAt(raw, ["components", "grafana"]) === true
            ? [
                  wrong(
                      "components.grafana",
                      "is true, but central.url is set, and the central stack accepts no queries of other clusters; use the Grafana of the central stack",
                  ),
              ]
            : [];
    return [...external, ...grafanaUrl, ...stores, ...grafana];
}

function isSet(value: unknown): boolean {
    return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function defaultCluster(settings: CheckedSettings, { raw }: Context): Mistake[] {
    return isCollecting(settings) && valueAt(raw, ["cluster"]) === undefined
        ? [
              wrong(
                  "cluster",
                  `is missing; with central.url, set a name that no other cluster has, because the default "${settings.cluster}" is the same in every stack`,
              ),
          ]
        : [];
}

function sampledTwice(settings: CheckedSettings): Mistake[] {
    return isCollecting(settings) && settings.tracing.samplingMode === "tail"
        ? [
              wrong(
                  "tracing.samplingMode",
                  'is "tail", but the central stack computes the span metrics and decides which traces are kept; set it to "head", and "tail" in the central stack',
              ),
          ]
        : [];
}

function chained(settings: CheckedSettings): Mistake[] {
    return isCollecting(settings) && settings.ingestion.external.otherClusters
        ? [
              wrong(
                  "ingestion.external.otherClusters",
                  "is true, but central.url is set; other clusters must send to the central stack directly, because this stack has no store",
              ),
          ]
        : [];
}
