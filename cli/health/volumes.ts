import type { V1PersistentVolumeClaim } from "@kubernetes/client-node";
import type { Finding } from "./finding";

// Backends need free space for compaction.
const fullRatio = 0.8;

/** The statistics about volumes in /stats/summary of a kubelet. */
export interface NodeStats {
    pods?: {
        volume?: { usedBytes?: number; capacityBytes?: number; pvcRef?: { name: string; namespace: string } }[];
    }[];
}

/** Reports for each claim whether it is bound and how full its volume is. */
export function volumeFindings(claims: V1PersistentVolumeClaim[], nodes: NodeStats[]): Finding[] {
    const volumes = nodes.flatMap(({ pods = [] }) => pods.flatMap(({ volume = [] }) => volume));
    return claims.map(({ metadata, status }) => {
        const subject = metadata?.name ?? "";
        if (status?.phase !== "Bound") {
            const text = `the claim is ${status?.phase ?? "Unknown"}; \`kubectl describe pvc ${subject}\` shows the reason`;
            return { area: "volumes", subject, ok: false, text };
        }
        const { usedBytes, capacityBytes } =
            volumes.find(({ pvcRef }) => pvcRef?.name === subject && pvcRef.namespace === metadata?.namespace) ?? {};
        if (usedBytes === undefined || !capacityBytes) {
            // Kubelets report only volumes with a separate file system, and reading the statistics needs a permission.
            return { area: "volumes", subject, ok: true, text: "the claim is bound; the used space is unknown" };
        }
        const ratio = usedBytes / capacityBytes;
        const text = `${Math.round(ratio * 100)} % of ${(capacityBytes / 2 ** 30).toFixed(1)} GiB is used`;
        return { area: "volumes", subject, ok: ratio < fullRatio, text };
    });
}
