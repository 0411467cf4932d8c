import type { V1PersistentVolumeClaim } from "@kubernetes/client-node";
import type { Finding } from "./finding";

// The stores compact, and so need room for what they rewrite.
const fullRatio = 0.8;

/** As much of a kubelet's /stats/summary as there is about volumes. */
export interface NodeStats {
    pods?: {
        volume?: { usedBytes?: number; capacityBytes?: number; pvcRef?: { name: string; namespace: string } }[];
    }[];
}

/** Each claim: bound, and how full its volume is. */
export function volumeFindings(claims: V1PersistentVolumeClaim[], nodes: NodeStats[]): Finding[] {
    const volumes = nodes.flatMap(({ pods = [] }) => pods.flatMap(({ volume = [] }) => volume));
    return claims.map(({ metadata, status }) => {
        const subject = metadata?.name ?? "";
        if (status?.phase !== "Bound") {
            const text = `${status?.phase ?? "Unknown"}; \`kubectl describe pvc ${subject}\` says why`;
            return { area: "volumes", subject, ok: false, text };
        }
        const { usedBytes, capacityBytes } =
            volumes.find(({ pvcRef }) => pvcRef?.name === subject && pvcRef.namespace === metadata?.namespace) ?? {};
        if (usedBytes === undefined || !capacityBytes) {
            // Kubelets know only of volumes with a file system of their own, and not everybody may ask them.
            return { area: "volumes", subject, ok: true, text: "bound; its kubelet does not tell how full it is" };
        }
        const ratio = usedBytes / capacityBytes;
        const text = `${Math.round(ratio * 100)} % of ${(capacityBytes / 2 ** 30).toFixed(1)} GiB`;
        return { area: "volumes", subject, ok: ratio < fullRatio, text };
    });
}
