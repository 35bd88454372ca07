//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/vision/onnx/onnxtest"
)

// judging is two cameras that models in files judge, and a third that none does.
const judging = `
  - {name: push, select: none, model: {protocol: onnx, timeout: 3s, onnx: {file: DIR/first.onnx, program: HELPER, library: RUNTIME}}}
  - {name: beside, select: none, model: {protocol: onnx, timeout: 3s, onnx: {file: DIR/first.onnx, program: HELPER, library: RUNTIME}}}
  - {name: plain, select: none}
`

// onnxHelper builds the program that runs models.
func onnxHelper(t *testing.T) string {
	t.Helper()
	_, err := exec.LookPath("cc")
	need(t, "C compiler", err == nil)
	program := filepath.Join(t.TempDir(), "edgelabel-onnx")
	c := exec.Command("go", "build", "-tags", "onnx", "-o", program, "edgelabel/agent/cmd/edgelabel-onnx")
	c.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// patch is a dark picture with a bright patch, other than that of any other number.
func patch(t *testing.T, n int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 320, 240))
	for y := range 60 {
		for x := range 80 {
			m.Pix[(100+y)*m.Stride+100+x] = 250
		}
	}
	m.Pix[n] = 1
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// modelled is the gateway with models.
type modelled struct {
	*controlled
	pictures int
}

// show has a camera hand in the next picture.
func (j *modelled) show(camera string) {
	j.t.Helper()
	j.pictures++
	if err := j.pushTo(camera, fmt.Sprint(j.pictures, ".png"), patch(j.t, j.pictures)); err != nil {
		j.t.Fatal(err)
	}
}

func (j *modelled) count(camera, result string) float64 {
	j.t.Helper()
	return sum(j.metrics(), "edgelabel_model_pictures_total", fmt.Sprintf("camera=%q,result=%q", camera, result))
}

// says waits until a camera's model has said a result so often. A picture that a kill met is judged again.
func (j *modelled) says(camera, result string, least float64) {
	j.t.Helper()
	eventually(j.t, 20*time.Second, "the model judges", func() error {
		if got := j.count(camera, result); got < least {
			return fmt.Errorf("%.0f %s of %s, want %.0f", got, result, camera, least)
		}
		return nil
	})
}

// send signs a model and publishes it.
func (j *modelled) send(camera, name string, model []byte, more ...string) {
	j.t.Helper()
	h := j.hq
	h.version++
	file := write(j.t, filepath.Join(h.dir, name), string(model))
	out := filepath.Join(h.dir, fmt.Sprint("out-", h.version))
	h.run(append([]string{"sign", "--key", filepath.Join(h.dir, "key"), "--version", fmt.Sprint(h.version), "--out", out, "--onnx", camera + "=" + file}, more...)...)
	h.run("publish", "--as", "hq", "--to", "file:"+filepath.Join(h.dir, "nas"), "--files", h.dir, out)
}

func (j *modelled) refused(why string) {
	j.t.Helper()
	j.hq.told("it is refused", func(o outcome) bool { return o.Trial == "" && strings.Contains(o.Why, why) })
}

func (j *modelled) tried() {
	j.t.Helper()
	j.hq.told("it is on trial", func(o outcome) bool { return o.Trial == "running" && slices.Equal(o.Models, []string{"push"}) })
}

func (j *modelled) rolledBack(why string) {
	j.t.Helper()
	j.hq.told("it is rolled back", func(o outcome) bool { return o.Trial == "rolled_back" && strings.Contains(o.Why, why) })
}

// TestModelInAFileFromTheCentre sends models to a gateway whose own one sees nothing. What is no model, or does not fit, is refused. One
// that sees more holds at once and over a kill, until it cries wolf. One that hangs is rolled back too. The camera beside notices nothing.
func TestModelInAFileFromTheCentre(t *testing.T) {
	library := onnxtest.Library(peers())
	need(t, "ONNX Runtime", exists(library))
	program := onnxHelper(t)
	cameras := strings.NewReplacer("HELPER", program, "RUNTIME", library).Replace(judging)
	j := &modelled{controlled: startControlledWith(t, cameras, func(dir string) {
		write(t, filepath.Join(dir, "first.onnx"), string(onnxtest.Bright(2)))
	})}
	j.show("push")
	j.says("push", "good", 1)

	j.send("push", "paper.onnx", []byte("paper"))
	j.refused("paper.onnx")
	j.send("push", "dark.onnx", onnxtest.Dark())
	j.refused("it takes any size: want width and height")
	j.send("plain", "bright.onnx", onnxtest.Bright(.7))
	j.refused("asks for no onnx")

	j.send("push", "bright.onnx", onnxtest.Bright(.7), "--candidates", "3")
	j.crash() // wherever it is with it
	j.tried()
	j.show("push")
	j.says("push", "suspect", 1)
	j.crash()
	j.show("push")
	j.says("push", "suspect", 1)
	for range 3 {
		j.show("push")
	}
	j.rolledBack("candidates, at most 3")
	j.show("push")
	j.says("push", "good", 1)

	j.send("push", "endless.onnx", onnxtest.Endless(), "--ended", "1", "--errors", "1000")
	j.tried()
	eventually(t, 40*time.Second, "the model hangs twice", func() error {
		j.show("push")
		if n := sum(j.metrics(), "edgelabel_model_helper_ended_total", `camera="push"`); n < 2 {
			return fmt.Errorf("the helper ended %.0f times", n)
		}
		return nil
	})
	j.rolledBack("the program that runs the model ended 2 times, at most 1")
	before := j.count("push", "good")
	j.show("push")
	j.says("push", "good", before+1)

	j.show("beside")
	j.says("beside", "good", 1)
	if n := sum(j.metrics(), "edgelabel_model_helper_ended_total", `camera="beside"`); n != 0 || j.count("beside", "failed") != 0 {
		t.Errorf("the program of the other camera ended %.0f times", n)
	}
}
