// Prints the Go types of the built-in kinds, as far as they decide how JSON is read and written:
//
//	go run . > ../src/typed/api-types.json
//
// A field is its name (after those of the structs it is embedded in), "?" if it is left out when empty ("??": when zero), and its type as Go writes it, but "{}T" for a map.
// Types that Go has a name for beside what they are carry it: "string:v1.Protocol", "{v1.ResourceList}quantity".
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	eventsv1 "k8s.io/api/events/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	networkingv1 "k8s.io/api/networking/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// What the sandbox serves of each group version.
var served = []struct {
	add   func(*runtime.Scheme) error
	kinds string
}{
	{corev1.AddToScheme, "ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolumeClaim PersistentVolume Pod PodTemplate ReplicationController ResourceQuota Secret ServiceAccount Service"},
	{appsv1.AddToScheme, "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"},
	{eventsv1.AddToScheme, "Event"},
	{autoscalingv2.AddToScheme, "HorizontalPodAutoscaler"},
	{autoscalingv1.AddToScheme, "HorizontalPodAutoscaler Scale"},
	{batchv1.AddToScheme, "CronJob Job"},
	{networkingv1.AddToScheme, "IngressClass Ingress NetworkPolicy"},
	{policyv1.AddToScheme, "PodDisruptionBudget"},
	{rbacv1.AddToScheme, "ClusterRoleBinding ClusterRole RoleBinding Role"},
	{storagev1.AddToScheme, "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment"},
	{admissionregistrationv1.AddToScheme, "MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"},
	{schedulingv1.AddToScheme, "PriorityClass"},
	{coordinationv1.AddToScheme, "Lease"},
	{nodev1.AddToScheme, "RuntimeClass"},
	{discoveryv1.AddToScheme, "EndpointSlice"},
	{certificatesv1.AddToScheme, "CertificateSigningRequest"},
	{flowcontrolv1.AddToScheme, "FlowSchema PriorityLevelConfiguration"},
}

// Types with a JSON form of their own, which the sandbox reads by name.
var scalars = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":   "quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString": "intOrString",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":       "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":  "microTime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":   "duration",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":   "any",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":    "any",
}

type table struct {
	names   map[reflect.Type]string
	Kinds   map[string]string   `json:"kinds"`
	Structs map[string][]string `json:"structs"`
}

// nameOf is the name of a struct in the table: as Go prints it, and for the second of the same name its group too.
func (t *table) nameOf(of reflect.Type) string {
	if name, ok := t.names[of]; ok {
		return name
	}
	name := of.String()
	if _, taken := t.Structs[name]; taken {
		parts := strings.Split(of.PkgPath(), "/")
		name += "#" + parts[len(parts)-2]
	}
	t.names[of] = name
	t.Structs[name] = nil
	t.Structs[name] = t.fieldsOf(of)
	return name
}

func (t *table) fieldsOf(of reflect.Type) []string {
	fields := []string{}
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || field.Type == reflect.TypeFor[metav1.TypeMeta]() {
			continue
		}
		if name == "" && field.Anonymous {
			for _, inner := range t.Structs[t.nameOf(field.Type)] {
				fields = append(fields, field.Name+"."+inner)
			}
			continue
		}
		mark := ""
		if strings.Contains(options, "omitempty") {
			mark = "?"
		}
		if strings.Contains(options, "omitzero") {
			mark = "??"
		}
		fields = append(fields, fmt.Sprintf("%s%s %s", name, mark, t.expression(field.Type)))
	}
	return fields
}

func (t *table) expression(of reflect.Type) string {
	if scalar, ok := scalars[of.PkgPath()+"."+of.Name()]; ok {
		return scalar
	}
	switch of.Kind() {
	case reflect.Pointer:
		return "*" + t.expression(of.Elem())
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + t.expression(of.Elem())
	case reflect.Map:
		return "{" + named(of) + "}" + t.expression(of.Elem())
	case reflect.Struct:
		return t.nameOf(of)
	}
	if of.Name() != of.Kind().String() {
		return of.Kind().String() + ":" + of.String()
	}
	return of.Kind().String()
}

func named(of reflect.Type) string {
	if of.Name() == "" {
		return ""
	}
	return of.String()
}

func main() {
	out := table{names: map[reflect.Type]string{}, Kinds: map[string]string{}, Structs: map[string][]string{}}
	for _, group := range served {
		scheme := runtime.NewScheme()
		if err := group.add(scheme); err != nil {
			panic(err)
		}
		for _, version := range scheme.PrioritizedVersionsAllGroups() {
			for _, kind := range strings.Fields(group.kinds) {
				if of, known := scheme.KnownTypes(version)[kind]; known {
					out.Kinds[version.String()+" "+kind] = out.nameOf(of)
				}
			}
		}
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(append(text, '\n'))
}
