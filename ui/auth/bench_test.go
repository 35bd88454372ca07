package auth_test

import (
	"context"
	"testing"

	"edgelabel/ui/auth"
)

// BenchmarkSignIn is what one attempt costs the gateway: time and memory of a hash.
func BenchmarkSignIn(b *testing.B) {
	a, err := auth.Open(auth.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	if err := a.Users().Add("li", "", auth.Labeler, secret); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.SignIn(context.Background(), "li", secret, "10.0.0.1"); err != nil {
			b.Fatal(err)
		}
	}
}
