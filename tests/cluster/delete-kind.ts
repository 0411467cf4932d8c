import * as fs from "fs";
import * as path from "path";
import { deleteKindCluster } from "./kind";

/** Runs after the suites. Deletes the kind cluster that was created for them. */
export default function deleteTestCluster(): void {
    const kubeconfig = process.env["TEST_KIND_KUBECONFIG"];
    if (kubeconfig !== undefined) {
        deleteKindCluster();
        fs.rmSync(path.dirname(kubeconfig), { recursive: true });
    }
}
