// Lesson-api is a service behind a Dapr sidecar. GET /lesson calls GET /profile of profile-api, through the sidecar.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"example.com/services/telemetry"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

// OBSERVABILITY 2/3: this client sends the header traceparent to the sidecar.
var client = &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, cancel := telemetry.UntilSigterm()
	defer cancel()
	stop, err := telemetry.Start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /lesson", lesson)
	mux.HandleFunc("GET /profile", profile)
	// OBSERVABILITY 1/3: this handler continues the header traceparent, which the sidecar sends.
	return telemetry.Serve(ctx, otelhttp.NewHandler(mux, "lesson-api"))
}

func lesson(response http.ResponseWriter, request *http.Request) {
	student, err := studentOf(request.Context())
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadGateway)
		return
	}
	// OBSERVABILITY 3/3: write trace_id and span_id to each line of the standard output. The log collector finds them.
	telemetry.Log(request.Context(), "lesson chosen", "student", student)
	_ = json.NewEncoder(response).Encode(map[string]string{"lesson": "fractions", "student": student})
}

func studentOf(ctx context.Context) (string, error) {
	port := os.Getenv("DAPR_HTTP_PORT")
	if port == "" {
		port = "3500"
	}
	url := "http://127.0.0.1:" + port + "/v1.0/invoke/profile-api/method/profile"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var found struct {
		Student string `json:"student"`
	}
	err = json.NewDecoder(answer.Body).Decode(&found)
	return found.Student, err
}

func profile(response http.ResponseWriter, request *http.Request) {
	telemetry.Log(request.Context(), "profile read")
	_ = json.NewEncoder(response).Encode(map[string]string{"student": "Ada"})
}
