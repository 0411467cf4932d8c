import type { V1PersistentVolumeClaim, V1StorageClass } from "@kubernetes/client-node";
import { contract } from "../components/contract";
import { grafanaValues } from "../components/grafana/values";
import { type VolumeClaims, volumeClaims } from "../components/helm/claims";
import { lokiClaims, lokiValues } from "../components/loki/values";
import { mimirClaims, mimirValues } from "../components/mimir/values";
import { minioClaims, minioValues } from "../components/object-store/values";
import { queueClaims, otelCollectorValues } from "../components/otel-collector/values";
import { prometheusValues } from "../components/prometheus/values";
import { pyroscopeClaims, pyroscopeValues } from "../components/pyroscope/values";
import { redpandaClaims, redpandaValues } from "../components/redpanda/values";
import { tempoClaims, tempoValues } from "../components/tempo/values";
import { valueAt } from "../settings/paths";
import type { Settings } from "../settings/resolve";
import { quantityValue } from "../validation/quantities";
import {
    grafanaArgs,
    lokiArgs,
    mimirArgs,
    objectStoreArgs,
    otelCollectorArgs,
    prometheusArgs,
    pyroscopeArgs,
    redpandaArgs,
    tempoArgs,
} from "./component-args";

/** The size that a stack sets for a PersistentVolumeClaim. */
export interface ClaimSize {
    claim: string;
    /** Kubernetes quantity. */
    size: string;
    /** The setting with the size, such as "storage.sizes.loki". */
    setting: string;
}

/** The sizes of all claims of a stack. */
export function claimSizes(settings: Settings): ClaimSize[] {
    // The key of the Helm values, the setting with the size, and the claims of StatefulSets.
    const found: [keyof Settings["values"], string, VolumeClaims | VolumeClaims[] | undefined][] = [
        ["loki", "storage.sizes.loki", lokiClaims(lokiValues(lokiArgs(settings, { bucket, ...urls })))],
        ["tempo", "storage.sizes.tempo", tempoClaims(tempoValues(tempoArgs(settings, { bucket, ...urls })))],
        ["mimir", "storage.sizes.mimir", mimirClaims(mimirValues(mimirArgs(settings, { bucket })))],
        ["pyroscope", "storage.sizes.pyroscope", pyroscopeClaims(pyroscopeValues(pyroscopeArgs(settings, { bucket })))],
        [
            "otelCollector",
            "storage.sizes.collector",
            queueClaims(otelCollectorValues(otelCollectorArgs(settings, { exportEndpoint: url }))),
        ],
        [
            "minio",
            "storage.sizes.minio",
            settings.objectStore.kind === "minio"
                ? minioClaims(minioValues({ ...objectStoreArgs(settings), users: [] }))
                : undefined,
        ],
        [
            "redpanda",
            "redpanda.size",
            settings.components.redpanda ? redpandaClaims(redpandaValues(redpandaArgs(settings))) : undefined,
        ],
    ];
    const ofStatefulSets = found.flatMap(([component, setting, claims]) =>
        [claims ?? []].flat().flatMap(({ template, statefulSet, replicas, size }) =>
            Array.from({ length: replicas }, (_, ordinal): ClaimSize => ({
                claim: `${template}-${statefulSet}-${ordinal}`,
                size,
                setting: size === valueAt(settings, setting.split(".")) ? setting : `values.${component}`,
            })),
        ),
    );
    return [...ofStatefulSets, ...grafanaClaim(settings), ...prometheusClaim(settings)];
}

// No size depends on the connections.
const url = "http://unused";
const bucket = { endpoint: "unused", bucket: "unused" };
const urls = { lokiUrl: url, tempoUrl: url, mimirUrl: url, pyroscopeUrl: url, alertmanagerUrl: url, metricsUrl: url };

function grafanaClaim(settings: Settings): ClaimSize[] {
    const { persistence } = grafanaValues(grafanaArgs(settings, urls), []);
    const claims = volumeClaims(persistence, { template: "", statefulSet: "", replicas: 1 });
    const isOwn = claims !== undefined && persistence?.existingClaim === undefined;
    const setting = claims?.size === settings.storage.sizes.grafana ? "storage.sizes.grafana" : "values.grafana";
    return isOwn ? [{ claim: contract.grafana.service, size: claims.size, setting }] : [];
}

function prometheusClaim(settings: Settings): ClaimSize[] {
    if (!settings.components.prometheus) {
        return [];
    }
    const { persistentVolume } = prometheusValues(prometheusArgs(settings, urls))["server"] as {
        persistentVolume: { size: string; existingClaim?: string };
    };
    const { size, existingClaim } = persistentVolume;
    const setting = size === settings.prometheus.size ? "prometheus.size" : "values.prometheus";
    return existingClaim === undefined ? [{ claim: contract.prometheus.service, size, setting }] : [];
}

/** The claims and the storage classes of a cluster. */
export interface VolumeFacts {
    /** The claims in the namespace of the stack. */
    claims: V1PersistentVolumeClaim[];
    /** The storage classes of the cluster. Undefined if they could not be read. */
    classes: V1StorageClass[] | undefined;
}

/** Why Kubernetes would refuse the size of a claim. */
interface Refusal {
    reason: "smaller" | "unbound" | "class";
    /** The size that the claim has now. */
    current: string;
    className: string | undefined;
}

/**
 * The sizes that Kubernetes would refuse: sentences that begin with the key of a setting.
 *
 * @param ignored settings with mistakes that are already reported.
 */
export function sizeMistakes(sizes: ClaimSize[], { claims, classes }: VolumeFacts, ignored: string[] = []): string[] {
    const groups = new Map<string, { first: ClaimSize; refusal: Refusal; names: string[] }>();
    for (const wanted of sizes.filter(({ setting }) => !ignored.includes(setting))) {
        const claim = claims.find(({ metadata }) => metadata?.name === wanted.claim);
        const refusal = claim && refusalOf(claim, wanted.size, classes);
        if (refusal !== undefined) {
            // Replicas have the same problem.
            const key = JSON.stringify([wanted.setting, wanted.size, refusal]);
            const group = groups.get(key) ?? { first: wanted, refusal, names: [] };
            groups.set(key, { ...group, names: [...group.names, wanted.claim] });
        }
    }
    return [...groups.values()].map(({ first, refusal, names }) => describe(first, refusal, names));
}

function refusalOf(
    { spec, status }: V1PersistentVolumeClaim,
    size: string,
    classes: V1StorageClass[] | undefined,
): Refusal | undefined {
    const current = spec?.resources?.requests?.["storage"] ?? "0";
    const capacity = status?.capacity?.["storage"] ?? current;
    const className = spec?.storageClassName;
    const refused = (reason: Refusal["reason"]): Refusal => ({ reason, current, className });
    const [bytes, currentBytes] = [quantityValue(size) ?? 0, quantityValue(current) ?? 0];
    if (bytes === currentBytes) {
        return undefined;
    }
    if (status?.phase !== "Bound") {
        return refused("unbound");
    }
    if (bytes < currentBytes) {
        // An expansion that failed can be repeated with a size between the capacity and the failed size.
        return bytes > (quantityValue(capacity) ?? 0) ? undefined : refused("smaller");
    }
    const found = classes?.find(({ metadata }) => metadata?.name === className);
    return classes === undefined || found?.allowVolumeExpansion === true ? undefined : refused("class");
}

function describe({ setting, size }: ClaimSize, { reason, current, className }: Refusal, names: string[]): string {
    const several = names.length > 1;
    const claims = `${several ? "the claims" : "the claim"} ${names.join(", ")}`;
    const begin = `${setting} is ${JSON.stringify(size)}, but ${claims} ${several ? "have" : "has"} ${current}`;
    switch (reason) {
        case "smaller":
            return `${begin}, and Kubernetes cannot shrink a volume. Set the size to at least ${current}.`;
        case "unbound":
            return `${begin} and ${several ? "have" : "has"} no volume yet, and Kubernetes changes only the size of bound claims. Set the size back to ${current} until ${several ? "they are" : "it is"} bound. If the size is the reason, delete the workload that uses ${several ? "them" : "it"} and then ${several ? "these claims, which hold" : "this claim, which holds"} no data, and deploy with \`pulumi up --refresh\`.`;
        case "class": {
            const problem =
                className === undefined || className === ""
                    ? "they have no storage class, so they cannot be expanded"
                    : `their storage class ${className} does not allow volume expansion`;
            const singular = problem.replace("they have", "it has").replace("they", "it").replace("their", "its");
            return `${begin}, and ${several ? problem : singular}. Set the size back to ${current}. If the storage driver can expand volumes, set allowVolumeExpansion to true in the storage class. Otherwise move the data to a larger volume of another class: see "Volumes" in docs/operations.md.`;
        }
    }
}
