package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializerjson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/randfill"
)

// printed are the group versions objects are made of.
var printed = []schema.GroupVersion{
	{Version: "v1"},
	{Group: "apps", Version: "v1"},
	{Group: "authentication.k8s.io", Version: "v1"},
	{Group: "authorization.k8s.io", Version: "v1"},
	{Group: "autoscaling", Version: "v1"},
	{Group: "autoscaling", Version: "v2"},
	{Group: "batch", Version: "v1"},
	{Group: "coordination.k8s.io", Version: "v1"},
	{Group: "events.k8s.io", Version: "v1"},
	{Group: "networking.k8s.io", Version: "v1"},
	{Group: "policy", Version: "v1"},
	{Group: "rbac.authorization.k8s.io", Version: "v1"},
	{Group: "storage.k8s.io", Version: "v1"},
}

// printObjects makes objects of every kind, filled at random, and writes each as client-go sends it in protobuf and in JSON.
func printObjects(args []string) error {
	seed, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	filler := fillerOf(seed)
	for _, version := range printed {
		for kind := range scheme.Scheme.KnownTypes(version) {
			for range count {
				if err := printObject(version.WithKind(kind), filler); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func printObject(kind schema.GroupVersionKind, filler *randfill.Filler) error {
	object, err := scheme.Scheme.New(kind)
	if err != nil {
		return err
	}
	if _, isObject := object.(metav1.Object); !isObject {
		return nil
	}
	filler.Fill(object)
	object.GetObjectKind().SetGroupVersionKind(kind)
	var inProtobuf, inJSON bytes.Buffer
	if err := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme).Encode(object, &inProtobuf); err != nil {
		return err
	}
	options := serializerjson.SerializerOptions{}
	writer := serializerjson.NewSerializerWithOptions(serializerjson.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, options)
	if err := writer.Encode(object, &inJSON); err != nil {
		return err
	}
	say(map[string]any{"protobuf": inProtobuf.Bytes(), "json": json.RawMessage(strings.TrimSpace(inJSON.String()))})
	return nil
}

// fillerOf fills objects with what can be told in JSON: times without fractions, quantities in their one form.
func fillerOf(seed int64) *randfill.Filler {
	someTime := func(c randfill.Continue) time.Time { return time.Unix(1_700_000_000+c.Int63n(1_000_000), 0).UTC() }
	return randfill.NewWithSeed(seed).NilChance(0.4).NumElements(1, 2).MaxDepth(20).Funcs(
		func(value *string, c randfill.Continue) { *value = fmt.Sprintf("s%d", c.Intn(1000)) },
		func(value *int64, c randfill.Continue) { *value = c.Int63n(1<<40) - 1<<39 },
		func(value *metav1.TypeMeta, c randfill.Continue) {},
		func(value *metav1.Time, c randfill.Continue) { value.Time = someTime(c) },
		func(value *metav1.MicroTime, c randfill.Continue) {
			value.Time = someTime(c).Add(time.Duration(c.Intn(1_000_000)) * time.Microsecond)
		},
		func(value *metav1.FieldsV1, c randfill.Continue) { value.Raw = []byte(`{"f:spec":{}}`) },
		func(value *resource.Quantity, c randfill.Continue) {
			*value = *resource.NewQuantity(1+c.Int63n(1000), resource.DecimalSI)
		},
		func(value *intstr.IntOrString, c randfill.Continue) {
			*value = intstr.FromInt32(c.Int31n(100))
			if c.Bool() {
				*value = intstr.FromString("25%")
			}
		},
		func(value *runtime.RawExtension, c randfill.Continue) { value.Raw = []byte(`{"a":[1,null]}`) },
	)
}
