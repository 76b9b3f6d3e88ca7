package main

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
)

var (
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	rollouts   = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "rollouts"}
)

// runInformers keeps informers of each sort running: typed ones, one of custom resources, one of metadata. "view" asks for
// what they hold: by resource, the uid and resourceVersion of each object.
func runInformers(args []string) error {
	config, err := configOf(args[0])
	if err != nil {
		return err
	}
	if slices.Contains(args, "-json") {
		config.ContentType = "application/json"
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	custom, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	partial, err := metadata.NewForConfig(config)
	if err != nil {
		return err
	}
	typed := informers.NewSharedInformerFactory(client, 0)
	dynamics := dynamicinformer.NewDynamicSharedInformerFactory(custom, 0)
	partials := metadatainformer.NewSharedInformerFactory(partial, 0)
	running := map[string]cache.SharedIndexInformer{
		"deployments": typed.Apps().V1().Deployments().Informer(),
		"pods":        typed.Core().V1().Pods().Informer(),
		"namespaces":  typed.Core().V1().Namespaces().Informer(),
		"rollouts":    dynamics.ForResource(rollouts).Informer(),
		"configmaps":  partials.ForResource(configMaps).Informer(),
	}
	ctx := obey(func(string) { say(viewOf(running)) })
	typed.Start(ctx.Done())
	dynamics.Start(ctx.Done())
	partials.Start(ctx.Done())
	for _, informer := range running {
		cache.WaitForCacheSync(ctx.Done(), informer.HasSynced)
	}
	say("synced")
	<-ctx.Done()
	return nil
}

func viewOf(running map[string]cache.SharedIndexInformer) map[string]map[string]string {
	view := map[string]map[string]string{}
	for resource, informer := range running {
		view[resource] = map[string]string{}
		for _, key := range informer.GetStore().ListKeys() {
			item, exists, _ := informer.GetStore().GetByKey(key)
			if object, err := meta.Accessor(item); exists && err == nil {
				view[resource][key] = string(object.GetUID()) + " " + object.GetResourceVersion()
			}
		}
	}
	return view
}
