import { contract, serviceHost } from "../contract";

/** Name of the Deployment and the Service of the ruler for rules that clients write. */
export const objectRulerName = `${contract.mimir.release}-object-ruler`;

/** URL of the ruler for rules that clients write over the ruler API. */
export function objectRulerUrl(namespace: string, clusterDomain?: string): string {
    return `http://${serviceHost(objectRulerName, namespace, clusterDomain)}:${contract.mimir.ports.http}`;
}
