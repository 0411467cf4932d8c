import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { contract } from "../components/contract";
import { StoreMode } from "../components/mode";
import { ingesterSet, zoneField, zoneLabel, zoneLabelSince, ZoneStage } from "../components/zones";
import type { Settings } from "../settings/resolve";
import { zonedStores } from "../settings/zones";

/** The path in the API of the version of the cluster. */
export const versionPath = "/version";

/** The path in the API of the list of the pods of the stores. */
export function storePodsPath(namespace: string): string {
    const releases = (["loki", "mimir", "tempo"] as const).map((store) => contract[store].release);
    const selector = `app.kubernetes.io/instance in (${releases.join(",")})`;
    return `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
}

/** What the zones of a stack depend on. Undefined is what could not be read. */
export interface ZoneFacts {
    version: { major?: string; minor?: string } | undefined;
    nodes: V1Node[] | undefined;
    pods: V1Pod[] | undefined;
}

/** Whether a pod reads its zone, but runs without one: Kubernetes has not copied the zone of its node. */
export function lacksZone({ metadata, spec }: V1Pod): boolean {
    const readsZone = (spec?.containers ?? []).some(({ env = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.fieldRef?.fieldPath === zoneField),
    );
    return readsZone && spec?.nodeName !== undefined && (metadata?.labels?.[zoneLabel] ?? "") === "";
}

/** Reasons why the replicas could not be placed by zone, and doubts about it. Sentences that begin with the key of a setting. */
export function zoneFindings(settings: Settings, facts: ZoneFacts): { mistakes: string[]; warnings: string[] } {
    const { count, stage = ZoneStage.Replicate } = settings.zones;
    if (count === undefined) {
        return { mistakes: [], warnings: [] };
    }
    const nodes = (facts.nodes ?? []).filter(({ metadata }) =>
        Object.entries(settings.nodeSelector).every(([key, value]) => metadata?.labels?.[key] === value),
    );
    const zoneOf = new Map(nodes.map(({ metadata }) => [metadata?.name, metadata?.labels?.[zoneLabel]]));
    const zones = [...new Set(nodes.filter(isReady).flatMap(({ metadata }) => metadata?.labels?.[zoneLabel] ?? []))];
    const sets = replicaSets(settings).map((set) => {
        const replicas = (facts.pods ?? []).flatMap(({ metadata, spec }) => {
            const [, owner, ordinal] = /^(.+)-(\d+)$/.exec(metadata?.name ?? "") ?? [];
            const zone = zoneOf.get(spec?.nodeName);
            return owner === set.name && Number(ordinal) < set.replicas && zone !== undefined
                ? [{ name: metadata?.name as string, zone }]
                : [];
        });
        return { ...set, pods: replicas };
    });
    const runs = sets.some(({ pods }) => pods.length > 0);
    const few =
        facts.nodes !== undefined && zones.length < count
            ? [
                  `zones.count is ${count}, but the ready nodes of the cluster are in ${zones.length === 1 ? "1 zone" : `${zones.length} zones`}${zones.length === 0 ? "" : ` (${zones.sort().join(", ")})`} of the label ${zoneLabel}. Add nodes in other zones, or remove zones.count`,
              ]
            : [];
    const uneven = sets.flatMap(({ name, replicas, pods }) => crowded(name, replicas, count, pods));
    const empty = withoutZone(count, facts.pods ?? []);
    const placesCopies = stage === ZoneStage.Replicate;
    return {
        // While a zone is down, a stack with zones must be deployable.
        mistakes: [
            ...oldCluster(count, facts.version),
            ...(runs ? [] : few),
            ...uneven,
            ...(placesCopies ? empty : []),
        ],
        warnings: [
            ...(runs ? few : []),
            ...(placesCopies ? [] : empty),
            ...(facts.nodes === undefined || facts.pods === undefined
                ? [
                      `zones.count is ${count}, and the zones of the nodes and of the replicas were not checked, because you have no permission to list nodes or pods, or the cluster does not respond. A replica whose volume is in a zone with too many replicas cannot start`,
                  ]
                : []),
        ],
    };
}

/** The StatefulSets whose pods must be placed by zone. */
function replicaSets(settings: Settings): { name: string; replicas: number }[] {
    return zonedStores(settings).map(({ store, replicas }) => ({
        name: ingesterSet(store, settings.mode[store] === StoreMode.Distributed),
        replicas,
    }));
}

function isReady({ spec, status }: V1Node): boolean {
    return (
        spec?.unschedulable !== true &&
        (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True")
    );
}

function oldCluster(count: number, version: ZoneFacts["version"]): string[] {
    const [major, minor] = [version?.major, version?.minor].map((part) => Number.parseInt(part ?? "", 10));
    const [neededMajor, neededMinor] = zoneLabelSince;
    const isOld =
        major !== undefined &&
        minor !== undefined &&
        (major < neededMajor || (major === neededMajor && minor < neededMinor));
    return isOld
        ? [
              `zones.count is ${count}, but the cluster has Kubernetes ${major}.${minor}. Pods learn their zone from Kubernetes ${zoneLabelSince.join(".")} on. Update the cluster, or remove zones.count`,
          ]
        : [];
}

/** For writes, a ring ignores an empty zone, so that several replicas without one can have the copies. For queries, it is a zone that can be left out. */
function withoutZone(count: number, pods: V1Pod[]): string[] {
    const names = pods.filter(lacksZone).map(({ metadata }) => metadata?.name ?? "");
    return names.length === 0
        ? []
        : [
              `zones.count is ${count}, but these replicas run without a zone, because they have no label ${zoneLabel}: ${names.sort().join(", ")}. Copies of their data would not be in different zones, and queries could leave out all of them. Set zones.stage to "${ZoneStage.Prepare}" until each has its label: see docs/availability.md#replicas-without-a-zone`,
          ];
}

/** A zone with more than its share: the scheduler would not start its last replica again, and a volume keeps it in its zone. */
function crowded(name: string, replicas: number, count: number, pods: { name: string; zone: string }[]): string[] {
    const share = Math.ceil(replicas / count);
    return [...new Set(pods.map(({ zone }) => zone))].sort().flatMap((zone) => {
        const inZone = pods.filter((pod) => pod.zone === zone).map((pod) => pod.name);
        return inZone.length > share
            ? [
                  `zones.count is ${count}, but zone ${zone} has ${inZone.length} of the ${replicas} replicas of ${name} (${inZone.sort().join(", ")}), and its share is ${share}. Their volumes keep them there, so that one could not start again. Move replicas to other zones first: see docs/availability.md#zones`,
              ]
            : [];
    });
}
