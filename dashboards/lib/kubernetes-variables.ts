import { workloadFromPod } from "./pods";
import { multiValueVariable, singleValueVariable, type Variable } from "./variables";

const containers = 'container_memory_working_set_bytes{cluster="$cluster"';

const ofPods = `label_values(${containers}, namespace=~"$namespace"}, pod)`;

// The values come from the metrics of cAdvisor, because services without traces have them too. The metrics of the profiler have only the labels of its own pods.
export const podNamespaces = () =>
    multiValueVariable("namespace", "Namespace", `label_values(${containers}}, namespace)`);
export const podNamespace = () =>
    singleValueVariable("namespace", "Namespace", `label_values(${containers}}, namespace)`);
export const node = () =>
    singleValueVariable("node", "Node", 'label_values(node_uname_info{cluster="$cluster"}, node)');
export const pods = () => multiValueVariable("pod", "Pod", ofPods);
export const pod = () => singleValueVariable("pod", "Pod", ofPods);
export const workload = (): Variable => singleValueVariable("workload", "Workload", ofPods).regex(workloadFromPod);
