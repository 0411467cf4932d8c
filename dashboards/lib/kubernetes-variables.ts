import { workloadFromPod } from "./pods";
import { multiValueVariable, singleValueVariable, type Variable } from "./variables";

const containers = 'container_memory_working_set_bytes{cluster="$cluster"';

// The values come from the metrics of cAdvisor, because services without traces have them too.
export const podNamespaces = () =>
    multiValueVariable("namespace", "Namespace", `label_values(${containers}}, namespace)`);
export const podNamespace = () =>
    singleValueVariable("namespace", "Namespace", `label_values(${containers}}, namespace)`);
export const node = () =>
    singleValueVariable("node", "Node", 'label_values(node_uname_info{cluster="$cluster"}, node)');
export const pod = () =>
    singleValueVariable("pod", "Pod", `label_values(${containers}, namespace=~"$namespace"}, pod)`);
export const workload = (): Variable =>
    singleValueVariable("workload", "Workload", `label_values(${containers}, namespace=~"$namespace"}, pod)`).regex(
        workloadFromPod,
    );
