import * as fs from "fs";
import { dump } from "js-yaml";
import * as path from "path";
import { quantityValue } from "../../validation/quantities";
import { refusingRateBytes } from "../../validation/refusing-rate";
import { contract, serviceHost } from "../contract";
import { taggedScriptImage } from "../helm/images";
import { packageRoot } from "../helm/package-root";
import { escapeTemplate, type HelmValues, mergeValues } from "../helm/values";
import type { TempoArgs } from "./args";

/** Name of the container that watches the volume. */
export const volumeGuard = "volume-guard";

const script = path.join("components", "tempo", `${volumeGuard}.sh`);
const volumeFolder = "/var/tempo";
const limitsFolder = "/limits";
const limitsFile = `${limitsFolder}/overrides.yaml`;
/** The largest reserve. Tempo uses changed limits within 12 s, and writes a block of up to 500 MiB, its default, to the volume. */
const maxReserveGiB = 2;
const limitsVolume = { name: volumeGuard, emptyDir: {} };
const limitsMount = { name: limitsVolume.name, mountPath: limitsFolder };

/** What a guard reads, and the limits that it writes. */
interface Guard {
    /** Registry of the image. Default: the public one. */
    registry?: string;
    /** File with the limits of tenants, in a volume of the pod. */
    source: { volume: string; folder: string };
    /** Limits of tenants that refuse all spans. */
    refusing: HelmValues;
    /** What it watches, as in volume-guard.sh. */
    watched: string[];
    /** Volume with the data. */
    dataVolume?: string;
    /** User of Tempo's container, who owns the files on the volume, as in a security context. Default: the one of the pod. */
    user: HelmValues;
}

/**
 * Values that let monolithic Tempo refuse spans before its volume is full. A second container compares the free space with a reserve, and
 * replaces the file with the limits of tenants. Empty if the volume is an emptyDir, or the caller has a file with limits of its own or limits in the
 * legacy format, which cannot be in one file with the others.
 *
 * @param values the values with the limits of tenants.
 */
export function monolithicGuard(values: HelmValues, args: TempoArgs): HelmValues {
    const { persistence, tempo } = values;
    const ownTenants = (tempo["per_tenant_overrides"] ?? {}) as TenantLimits;
    if (persistence?.enabled !== true || hasOwnFile(args.values?.["tempo"]) || isLegacy(ownTenants)) {
        return {};
    }
    // All limits of a tenant stay, because the compactor in this process would delete traces by them.
    const tenants: TenantLimits = { "*": tempo["overrides"]?.defaults, ...ownTenants };
    const containers = guardContainers({
        registry: values["global"]?.imageRegistry as string | undefined,
        source: { volume: "tempo-conf", folder: "/conf" },
        refusing: Object.fromEntries(Object.entries(tenants).map(([tenant, limits]) => [tenant, refusingAll(limits)])),
        watched: ["volume", volumeFolder, String(reserveKiB(persistence.size))],
        dataVolume: "storage",
        user: userOf(tempo["securityContext"]),
    });
    return {
        ...added(values, containers),
        tempo: {
            extraVolumeMounts: [{ ...limitsMount, readOnly: true }, ...listOf(tempo["extraVolumeMounts"])],
            overrides: {
                per_tenant_override_config: limitsFile,
                per_tenant_override_period: periodOf(tempo["overrides"]),
            },
        },
    };
}

/**
 * Values that let distributed Tempo refuse spans before the volume of an ingester is full. The guard of an ingester changes limits that only
 * distributors use, but the ingester shows them in its metrics, where the guards of the distributors find them. Empty if the volumes are emptyDirs, or the
 * caller has a file with limits of its own.
 */
export function distributedGuard(values: HelmValues, args: TempoArgs): HelmValues {
    const { ingester, overrides } = values;
    const { enabled, inMemory, size } = (ingester.persistence ?? {}) as HelmValues;
    if (enabled !== true || inMemory === true || hasOwnFile(args.values)) {
        return {};
    }
    const common = {
        registry: values["global"]?.image?.registry as string | undefined,
        source: { volume: "runtime-config", folder: "/runtime-config" },
        // Without the limits of single tenants, so that a change of them restarts no pod. These parts delete no traces.
        refusing: { "*": refusingAll(overrides.defaults as HelmValues) },
    };
    const host = serviceHost(`${contract.tempo.release}-ingester-discovery`, args.namespace, args.clusterDomain);
    const part = (key: string, guard: Omit<Guard, "user">) => ({
        ...added(values[key] as HelmValues, guardContainers({ ...guard, user: distributedUser(values, key) })),
        extraVolumeMounts: [{ ...limitsMount, readOnly: true }, ...listOf(values[key].extraVolumeMounts)],
        // Flags have priority over the configuration, which all parts share.
        extraArgs: [
            `-config.per-user-override-config=${limitsFile}`,
            `-config.per-user-override-period=${periodOf(overrides)}`,
            ...listOf(values[key].extraArgs),
        ],
    });
    return {
        ingester: part("ingester", {
            ...common,
            watched: ["volume", volumeFolder, String(reserveKiB(size))],
            dataVolume: "data",
        }),
        distributor: part("distributor", {
            ...common,
            watched: ["ingesters", host, String(contract.tempo.ports.http)],
        }),
    };
}

/** The container that runs before Tempo, because Tempo does not start without the file, and the container beside it. */
function guardContainers(guard: Guard): object[] {
    const { registry, source, refusing, watched, dataVolume, user } = guard;
    const mounts = [
        ...(dataVolume === undefined ? [] : [{ name: dataVolume, mountPath: volumeFolder }]),
        { name: source.volume, mountPath: source.folder, readOnly: true },
        limitsMount,
    ];
    return ["prepare", "watch"].map((mode) => ({
        name: mode === "watch" ? volumeGuard : `${volumeGuard}-${mode}`,
        image: taggedScriptImage(registry),
        command: ["sh", "-c"],
        args: [
            fs.readFileSync(path.join(packageRoot, script), "utf8"),
            ...[volumeGuard, mode, `${source.folder}/overrides.yaml`, limitsFile],
            escapeTemplate(JSON.stringify({ overrides: refusing })),
            ...watched,
        ],
        securityContext: {
            ...user,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        },
        resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { memory: "32Mi" } },
        volumeMounts: mounts,
    }));
}

/** The containers and volumes of the guard before those in the values. */
function added(values: HelmValues, [prepare, watch]: object[]): HelmValues {
    return {
        initContainers: before(prepare, values["initContainers"]),
        extraContainers: before(watch, values["extraContainers"]),
        extraVolumes: [limitsVolume, ...listOf(values["extraVolumes"])],
    };
}

/** A container before those in the values. The chart of distributed Tempo also accepts a template that renders a list. */
function before(container: object | undefined, others: unknown): object[] | string {
    return typeof others === "string"
        ? `${dump([container], { lineWidth: -1 })}${others}`
        : [...listOf([container]), ...listOf(others)];
}

function listOf(list: unknown): object[] {
    return (list ?? []) as object[];
}

/** How often Tempo reads the file. Its default of 10s would add to the 10 s within which distributors use changed limits. */
function periodOf(overrides: HelmValues): string {
    return (overrides["per_tenant_override_period"] ?? "2s") as string;
}

/** Whether the caller has a file with limits of tenants. */
function hasOwnFile(values: HelmValues | undefined): boolean {
    return values?.["overrides"]?.per_tenant_override_config !== undefined;
}

/** The user of the container of a part in distributed mode. Values of the part replace those of all parts. */
function distributedUser({ tempo, ...parts }: HelmValues, key: string): HelmValues {
    const own = parts[key].containerSecurityContext as HelmValues | undefined;
    // The chart sets this user for the containers, and none for the pod.
    const ofChart = { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000 };
    return userOf(Object.keys(own ?? {}).length > 0 ? own : { ...ofChart, ...tempo?.securityContext });
}

/** The user in a security context. null removes the default of a chart. */
function userOf(context: HelmValues | null | undefined): HelmValues {
    const keys = ["runAsNonRoot", "runAsUser", "runAsGroup"];
    const isSet = ([key, value]: [string, unknown]) => keys.includes(key) && value !== null;
    return Object.fromEntries(Object.entries(context ?? {}).filter(isSet));
}

function reserveKiB(size: unknown): number {
    const bytes = quantityValue(String(size)) ?? Infinity;
    return Math.floor(Math.min(bytes / 10, maxReserveGiB * 2 ** 30) / 2 ** 10);
}

/** Limits by tenant. */
type TenantLimits = Record<string, HelmValues | null | undefined>;

const limitGroups = [
    "ingestion",
    "read",
    "compaction",
    "metrics_generator",
    "forwarders",
    "global",
    "storage",
    "cost_attribution",
];

/** Whether a tenant has limits in the format that Tempo had before 2.3, without groups. */
function isLegacy(tenants: TenantLimits): boolean {
    return Object.values(tenants).some((limits) => Object.keys(limits ?? {}).some((key) => !limitGroups.includes(key)));
}

/** Limits in which a request of any size is above the rate limit. All other limits are as before. */
function refusingAll(limits: HelmValues | null | undefined): HelmValues {
    return mergeValues(limits ?? {}, {
        ingestion: { rate_limit_bytes: refusingRateBytes, burst_size_bytes: refusingRateBytes },
    });
}
