// Answer-api produces messages: POST /answers adds an entry to a Redis stream, which grading-worker reads.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"

	"example.com/services/telemetry"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const stream = "answers"

var tracer = otel.Tracer("answer-api")

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, cancel := telemetry.UntilSigterm()
	defer cancel()
	// OBSERVABILITY 1/3: start the SDK first.
	stop, err := telemetry.Start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer client.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /answers", func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, 1<<20))
		if err != nil {
			http.Error(response, err.Error(), http.StatusBadRequest)
			return
		}
		id, err := publish(request.Context(), client, string(body))
		if err != nil {
			http.Error(response, err.Error(), http.StatusServiceUnavailable)
			return
		}
		response.WriteHeader(http.StatusAccepted)
		_ = json.NewEncoder(response).Encode(map[string]string{"id": id})
	})
	return telemetry.Serve(ctx, otelhttp.NewHandler(mux, "answer-api"))
}

func publish(ctx context.Context, client *redis.Client, body string) (string, error) {
	// OBSERVABILITY 2/3: a span of kind PRODUCER with the messaging attributes. The service map needs the kind.
	ctx, span := tracer.Start(ctx, "send "+stream, trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(
		attribute.String("messaging.system", "redis"),
		attribute.String("messaging.destination.name", stream),
		attribute.String("messaging.operation.type", "send"),
		attribute.String("messaging.operation.name", "xadd"),
	))
	defer span.End()
	message := propagation.MapCarrier{"body": body}
	// OBSERVABILITY 3/3: the message carries the context of this span, as traceparent.
	otel.GetTextMapPropagator().Inject(ctx, message)
	id, err := client.XAdd(ctx, &redis.XAddArgs{Stream: stream, Values: map[string]string(message)}).Result()
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
		return "", err
	}
	span.SetAttributes(attribute.String("messaging.message.id", id))
	telemetry.Log(ctx, "answer sent", "id", id)
	return id, nil
}
