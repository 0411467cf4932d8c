import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { deleteKindCluster, hasKindAndDocker, kind, kindCluster } from "./kind";
import { onPath } from "../helpers/prerequisites";
import { missingVariable } from "./prerequisite";

/**
 * Runs before the suites. Selects the cluster of TEST_KUBECONFIG, or creates one with kind. If there is none, sets the variable with the reason
 * for which the suites are skipped.
 */
export default async function findTestCluster(): Promise<void> {
    if (!onPath("pulumi")) {
        // The suites are skipped for this reason.
        return;
    }
    if (process.env["TEST_KUBECONFIG"] === undefined) {
        if (!hasKindAndDocker()) {
            process.env[missingVariable] = "a cluster in TEST_KUBECONFIG, or kind and Docker";
            return;
        }
        process.env["TEST_KUBECONFIG"] = createKindCluster();
    }
    if (!(await hasReadyNode(process.env["TEST_KUBECONFIG"]))) {
        process.env[missingVariable] = "a cluster with a Ready node in TEST_KUBECONFIG";
    }
}

/** Returns the path of the kubeconfig. */
function createKindCluster(): string {
    // An earlier run that was killed did not delete its cluster.
    deleteKindCluster();
    const kubeconfig = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kind-")), "kubeconfig");
    kind("create", "cluster", "--name", kindCluster, "--kubeconfig", kubeconfig, "--wait", "5m");
    process.env["TEST_KIND_KUBECONFIG"] = kubeconfig;
    return kubeconfig;
}

async function hasReadyNode(kubeconfig: string): Promise<boolean> {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const { items } = await config.makeApiClient(CoreV1Api).listNode();
    return items.some(({ status }) =>
        status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
    );
}
