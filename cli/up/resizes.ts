import { CoreV1Api, type V1PersistentVolumeClaim, type V1Pod } from "@kubernetes/client-node";
import { quantityValue } from "../../validation/quantities";
import { callApi, ifPermitted } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { kubectl, type KubectlTarget } from "../cluster/kubectl";

/** The expansion of the volume of a claim. */
export interface Resize {
    claim: string;
    /** The size that the claim requests. */
    wanted: string;
    /** The size that the volume has. */
    capacity: string;
    /** "volume": the storage driver expands the volume. "file system": the volume is expanded, and its file system is not. */
    step: "volume" | "file system" | "failed";
    /** Why it failed. Empty otherwise. */
    reason: string;
}

/** The expansions that are not complete. A claim without a volume has none. */
export function resizesOf(claims: V1PersistentVolumeClaim[]): Resize[] {
    return claims.flatMap(({ metadata, spec, status }): Resize[] => {
        const wanted = spec?.resources?.requests?.["storage"] ?? "";
        const capacity = status?.capacity?.["storage"] ?? "";
        if (status?.phase !== "Bound" || (quantityValue(capacity) ?? 0) >= (quantityValue(wanted) ?? 0)) {
            return [];
        }
        const conditions = (status.conditions ?? []).filter((condition) => condition.status === "True");
        const error = conditions.find(({ type }) => /ResizeError$/.test(type));
        const infeasible = status.allocatedResourceStatuses?.["storage"]?.endsWith("Infeasible") ?? false;
        const pending = conditions.some(({ type }) => type === "FileSystemResizePending");
        const step = infeasible ? "failed" : pending ? "file system" : "volume";
        return [{ claim: metadata?.name ?? "", wanted, capacity, step, reason: error?.message ?? "" }];
    });
}

/** What happens with an expansion, as a line for the terminal. */
export function describeResize({ claim, wanted, capacity, step, reason }: Resize): string {
    const because = reason === "" ? "" : `: ${reason}`;
    switch (step) {
        case "volume":
            return `claim ${claim}: the volume is being expanded from ${capacity} to ${wanted}${because}`;
        case "file system":
            return `claim ${claim}: the volume has ${wanted}; its file system still has ${capacity}${because}`;
        case "failed":
            return `claim ${claim}: the storage driver cannot expand the volume from ${capacity} to ${wanted}${because}`;
    }
}

/** What to do about an expansion that is not complete after the time limit. */
export function describeIncomplete(resize: Resize, pods: V1Pod[], target: KubectlTarget): string {
    const { claim, wanted } = resize;
    const pod = pods.find(({ spec }) =>
        spec?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === claim),
    );
    const describe = kubectl(target, `describe pvc/${claim}`);
    switch (resize.step) {
        case "volume":
            return `${describeResize(resize)}. Kubernetes continues without this command. See its events: ${describe}`;
        case "file system":
            return pod === undefined
                ? `${describeResize(resize)}. It grows when a pod that uses the claim starts.`
                : `${describeResize(resize)}. With this storage driver it grows when the pod restarts. One pod after the other: ${kubectl(target, `delete pod/${pod.metadata?.name}`)}`;
        case "failed":
            return `${describeResize(resize)}. Set the size to one that the driver supports, above the current size and below ${wanted}. See its events: ${describe}`;
    }
}

/** How an expansion is watched. */
export interface ResizeWatch {
    /** How long expansions may take, in seconds. */
    limitSeconds: number;
    /** How long the file system of an expanded volume may take, in seconds. A kubelet needs about one minute if the driver can do it online. */
    fileSystemSeconds: number;
    print: (line: string) => void;
    sleep: (seconds: number) => Promise<void>;
}

const pauseSeconds = 3;

const defaultWatch: ResizeWatch = {
    limitSeconds: 300,
    fileSystemSeconds: 120,
    print: console.log,
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
};

/**
 * Waits until the volumes of claims have the requested sizes, and prints the progress. After the time limit it returns what to do.
 *
 * @param claims reads the claims. Undefined if the user has no permission.
 * @returns the expansions that are not complete.
 */
export async function watchResizes(
    claims: () => Promise<V1PersistentVolumeClaim[] | undefined>,
    { limitSeconds, fileSystemSeconds, print, sleep }: ResizeWatch = defaultWatch,
): Promise<Resize[]> {
    const printed = new Map<string, string>();
    const fileSystemSince = new Map<string, number>();
    for (let seconds = 0; ; seconds += pauseSeconds) {
        const resizes = resizesOf((await claims()) ?? []);
        for (const resize of resizes) {
            const line = describeResize(resize);
            if (printed.get(resize.claim) !== line) {
                printed.set(resize.claim, line);
                print(`Volumes: ${line}.`);
            }
            if (resize.step === "file system" && !fileSystemSince.has(resize.claim)) {
                fileSystemSince.set(resize.claim, seconds);
            }
        }
        for (const claim of [...printed.keys()].filter((name) => !resizes.some((other) => other.claim === name))) {
            printed.delete(claim);
            print(`Volumes: claim ${claim} has its new size.`);
        }
        const waits = resizes.some(
            ({ claim, step }) =>
                step === "volume" ||
                (step === "file system" && seconds - (fileSystemSince.get(claim) ?? seconds) < fileSystemSeconds),
        );
        if (!waits || seconds >= limitSeconds) {
            return resizes;
        }
        await sleep(pauseSeconds);
    }
}

/**
 * Waits for the expansion of the volumes of a stack, and prints what remains to be done.
 *
 * @param names names of the claims.
 * @param wait false only looks once.
 * @throws Error if the storage driver cannot expand a volume.
 */
export async function awaitResizes(
    cluster: Cluster,
    target: KubectlTarget,
    names: string[],
    wait: boolean,
): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { namespace } = target;
    const read = async () => {
        const list = await ifPermitted(
            callApi(cluster, "list the volume claims", core.listNamespacedPersistentVolumeClaim({ namespace })),
        );
        return list?.items.filter(({ metadata }) => names.includes(metadata?.name ?? ""));
    };
    const once = { ...defaultWatch, limitSeconds: 0, print: () => undefined };
    const resizes = await watchResizes(read, wait ? defaultWatch : once);
    if (resizes.length === 0) {
        return;
    }
    const pods = await ifPermitted(callApi(cluster, "list the pods", core.listNamespacedPod({ namespace })));
    const sentences = (failed: boolean) =>
        resizes
            .filter(({ step }) => (step === "failed") === failed)
            .map((resize) => describeIncomplete(resize, pods?.items ?? [], target));
    sentences(false).forEach((sentence) => console.log(`Warning: ${sentence}`));
    const failed = sentences(true);
    if (failed.length > 0) {
        throw new Error(
            `the stack is deployed, but volumes were not expanded:${failed.map((sentence) => `\n  - ${sentence}`).join("")}`,
        );
    }
}
