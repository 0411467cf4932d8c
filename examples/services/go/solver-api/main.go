// Solver-api sends traces, metrics and logs over OTLP, and profiles with the Pyroscope SDK.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"example.com/services/telemetry"
	otelpyroscope "github.com/grafana/otel-profiling-go"
	"github.com/grafana/pyroscope-go"
	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
)

var logger = otelslog.NewLogger("solver-api")

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, cancel := telemetry.UntilSigterm()
	defer cancel()
	// OBSERVABILITY 1/3: the SDK reads OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_ENDPOINT.
	stop, err := telemetry.Start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	profiler, err := pyroscope.Start(pyroscope.Config{
		// OBSERVABILITY 2/3: the service name of the profiles must be that of the traces.
		ApplicationName: os.Getenv("OTEL_SERVICE_NAME"),
		ServerAddress:   os.Getenv("PYROSCOPE_SERVER_ADDRESS"),
		Tags:            map[string]string{"namespace": os.Getenv("NAMESPACE"), "cluster": os.Getenv("CLUSTER")},
	})
	if err != nil {
		return err
	}
	defer func() { _ = profiler.Stop() }()
	// The profiler adds the ID of the span to each sample, so that a span links to its profile.
	otel.SetTracerProvider(otelpyroscope.NewTracerProvider(otel.GetTracerProvider()))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /solve", solve)
	return telemetry.Serve(ctx, otelhttp.NewHandler(mux, "solver-api"))
}

func solve(response http.ResponseWriter, request *http.Request) {
	primes := primesBelow(30_000)
	// OBSERVABILITY 3/3: a log record with the context of the request has the trace ID of its span.
	logger.InfoContext(request.Context(), fmt.Sprintf("found %d primes", primes))
	_ = json.NewEncoder(response).Encode(map[string]int{"primes": primes})
}

// primesBelow counts primes, which needs CPU time that a profile shows.
func primesBelow(limit int) int {
	count := 0
	for candidate := 2; candidate < limit; candidate++ {
		divisor := 2
		for divisor < candidate && candidate%divisor != 0 {
			divisor++
		}
		if divisor == candidate {
			count++
		}
	}
	return count
}
