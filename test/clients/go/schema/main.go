// Prints the fields of every type of the Kubernetes API with their protobuf numbers, one type a line, as the sandbox reads
// them:
//
//	go run ./schema > ../../../libs/sandbox/src/protobuf/schema.json
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// served are the group versions of the sandbox.
var served = []schema.GroupVersion{
	{Version: "v1"},
	{Group: "admissionregistration.k8s.io", Version: "v1"},
	{Group: "apiextensions.k8s.io", Version: "v1"},
	{Group: "apiregistration.k8s.io", Version: "v1"},
	{Group: "apps", Version: "v1"},
	{Group: "authentication.k8s.io", Version: "v1"},
	{Group: "authorization.k8s.io", Version: "v1"},
	{Group: "autoscaling", Version: "v1"},
	{Group: "autoscaling", Version: "v2"},
	{Group: "batch", Version: "v1"},
	{Group: "certificates.k8s.io", Version: "v1"},
	{Group: "coordination.k8s.io", Version: "v1"},
	{Group: "discovery.k8s.io", Version: "v1"},
	{Group: "events.k8s.io", Version: "v1"},
	{Group: "flowcontrol.apiserver.k8s.io", Version: "v1"},
	{Group: "networking.k8s.io", Version: "v1"},
	{Group: "node.k8s.io", Version: "v1"},
	{Group: "policy", Version: "v1"},
	{Group: "rbac.authorization.k8s.io", Version: "v1"},
	{Group: "scheduling.k8s.io", Version: "v1"},
	{Group: "storage.k8s.io", Version: "v1"},
}

// scalars are the types that have a form of their own in JSON.
var scalars = map[string]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                                             "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":                                        "microtime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":                                         "fieldsv1",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                                         "quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":                                       "intorstring",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":                                          "rawextension",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON":                         "json",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool":        "schemaorbool",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray":       "schemaorarray",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray": "schemaorstrings",
}

const metaPackage = "k8s.io/apimachinery/pkg/apis/meta/v1"

type walker struct {
	packages map[string]string
	types    map[string]map[string]string
}

func main() {
	w := walker{packages: map[string]string{metaPackage: "meta/v1"}, types: map[string]map[string]string{}}
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme} {
		if err := add(known); err != nil {
			panic(err)
		}
	}
	for _, version := range served {
		for _, kind := range known.KnownTypes(version) {
			if kind.PkgPath() != metaPackage {
				w.packages[kind.PkgPath()] = version.String()
			}
		}
	}
	for _, version := range served {
		for name, kind := range known.KnownTypes(version) {
			if kind.PkgPath() != metaPackage && !strings.HasSuffix(name, "List") {
				w.visit(kind)
			}
		}
	}
	w.visit(reflect.TypeFor[metav1.DeleteOptions]())
	w.print()
}

// visit notes the fields of a struct, and what they are made of.
func (w walker) visit(kind reflect.Type) {
	name := w.name(kind)
	if _, seen := w.types[name]; seen {
		return
	}
	fields := map[string]string{}
	w.types[name] = fields
	for _, field := range reflect.VisibleFields(kind) {
		number, found := number(field)
		if !found || len(field.Index) > 1 {
			continue
		}
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		row := fmt.Sprintf("%s %s", number, w.typeOf(field.Type))
		switch {
		case strings.Contains(options, "inline") || key == "" && field.Anonymous:
			key = "inline " + number
		case strings.Contains(options, "omit") && isScalar(field.Type):
			row += "?"
		}
		fields[key] = row
	}
}

// isScalar tells the values that are always written in protobuf, and in JSON only when they are not zero.
func isScalar(kind reflect.Type) bool {
	switch kind.Kind() {
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float64:
		return true
	default:
		return false
	}
}

// number is the protobuf number of a field. Type meta has none: it travels outside.
func number(field reflect.StructField) (string, bool) {
	parts := strings.Split(field.Tag.Get("protobuf"), ",")
	if len(parts) < 2 {
		return "", false
	}
	return parts[1], true
}

func (w walker) typeOf(kind reflect.Type) string {
	if scalar, found := scalars[kind.PkgPath()+"."+kind.Name()]; found {
		if strings.HasPrefix(scalar, "schema") {
			w.visit(reflect.TypeFor[apiextensions.JSONSchemaProps]())
		}
		return scalar
	}
	switch kind.Kind() {
	case reflect.Pointer:
		return w.typeOf(kind.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64, reflect.Uint8:
		return "int"
	case reflect.Float64:
		return "double"
	case reflect.Map:
		if kind.Key().Kind() != reflect.String {
			panic("a map by " + kind.Key().String())
		}
		return "map " + w.typeOf(kind.Elem())
	case reflect.Slice:
		if kind.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		if _, isMessage := reflect.PointerTo(kind).MethodByName("Marshal"); isMessage {
			return "items " + w.typeOf(kind.Elem())
		}
		return "list " + w.typeOf(kind.Elem())
	case reflect.Struct:
		w.visit(kind)
		return w.name(kind)
	default:
		panic("a field of type " + kind.String())
	}
}

// name is the group version and the name of a type: "apps/v1.Deployment".
func (w walker) name(kind reflect.Type) string {
	version, found := w.packages[kind.PkgPath()]
	if !found {
		panic("a type of the package " + kind.PkgPath())
	}
	return version + "." + kind.Name()
}

func (w walker) print() {
	names := make([]string, 0, len(w.types))
	for name := range w.types {
		names = append(names, name)
	}
	sort.Strings(names)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for index, name := range names {
		fields, err := json.Marshal(w.types[name])
		if err != nil {
			panic(err)
		}
		separator := ","
		if index == 0 {
			separator = "{"
		}
		fmt.Fprintf(out, "%s\n%q: %s", separator, name, fields)
	}
	fmt.Fprintln(out, "\n}")
}
