package main

import (
	"context"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

const (
	leaseDuration = 4 * time.Second
	renewDeadline = 2 * time.Second
	retryPeriod   = 500 * time.Millisecond
)

// runElection stands for election again and again, and tells when it leads and when no longer, in milliseconds of Unix time.
// The lease is given back when the input ends.
func runElection(args []string) error {
	path, namespace, name, identity := args[0], args[1], args[2], args[3]
	config, err := configOf(path)
	if err != nil {
		return err
	}
	config.Timeout = renewDeadline / 2
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, namespace, name, client.CoreV1(), client.CoordinationV1(),
		resourcelock.ResourceLockConfig{Identity: identity})
	if err != nil {
		return err
	}
	tell := func(leads bool) { say(map[string]any{"leads": leads, "at": time.Now().UnixMilli()}) }
	ctx := obey(func(string) {})
	for ctx.Err() == nil {
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock:            lock,
			LeaseDuration:   leaseDuration,
			RenewDeadline:   renewDeadline,
			RetryPeriod:     retryPeriod,
			ReleaseOnCancel: true,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(leading context.Context) {
					tell(true)
					<-leading.Done()
					tell(false)
				},
				// Comes after the lease was given back, when another may lead already.
				OnStoppedLeading: func() {},
			},
		})
	}
	return nil
}
