import os

import pulumi
import pulumi_kubernetes as k8s
import mathtrail_observability as observability

# A folder of charts, for clusters without internet access. Without it, the charts come from their repositories.
mirror = os.environ.get("CHARTS_MIRROR")

provider = k8s.Provider("cluster", enable_config_map_mutable=True, enable_secret_mutable=True)
namespace = k8s.core.v1.Namespace("logs", metadata={"name": "logs"}, opts=pulumi.ResourceOptions(provider=provider))
opts = pulumi.ResourceOptions(providers=[provider], depends_on=[namespace])

store = observability.ObjectStore("store", namespace="logs", chart_mirror=mirror, opts=opts)
loki = observability.Loki("loki", namespace="logs", bucket=store.buckets.loki, chart_mirror=mirror, opts=opts)

pulumi.export("lokiUrl", loki.url)
