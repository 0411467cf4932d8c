import { VersionApi } from "@kubernetes/client-node";
import { callApi } from "./api";
import type { Cluster } from "./kubeconfig";

/** The version of an API server. */
export interface ServerVersion {
    /** For example "v1.33.4+k3s1". */
    text: string;
    major: number;
    minor: number;
}

/** @throws ClusterError if the API server does not respond. */
export async function serverVersion(cluster: Cluster): Promise<ServerVersion> {
    const { gitVersion } = await callApi(
        cluster,
        "read the version of the API server",
        cluster.config.makeApiClient(VersionApi).getCode(),
    );
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
    return { text: gitVersion, major: Number(major), minor: Number(minor) };
}
