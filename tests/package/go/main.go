package main

import (
	"os"

	"github.com/mathtrail/pulumi-observability/sdk/go/observability"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		mirror := pulumi.StringPtr(os.Getenv("CHARTS_MIRROR"))
		namespace := pulumi.String("logs")
		store, err := observability.NewObjectStore(ctx, "store", &observability.ObjectStoreArgs{
			Namespace:   namespace,
			ChartMirror: mirror,
		})
		if err != nil {
			return err
		}
		loki, err := observability.NewLoki(ctx, "loki", &observability.LokiArgs{
			Namespace:   namespace,
			ChartMirror: mirror,
			Bucket:      store.Buckets.Loki(),
		})
		if err != nil {
			return err
		}
		ctx.Export("lokiUrl", loki.Url)
		return nil
	})
}
