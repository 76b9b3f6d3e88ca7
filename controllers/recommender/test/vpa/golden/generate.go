// Reads series (vpa-1.8.1.json will do) from standard input, and adds what the packages of the VPA itself compute from them.
// Run it in a module that requires k8s.io/autoscaler/vertical-pod-autoscaler v1.8.1: test/cluster/go/vpa is one.
package main

import (
	"encoding/json"
	vpa "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/logic"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/model"
	"math"
	"os"
	"time"
)

type series struct {
	Name       string                                     `json:"name"`
	Seed       uint32                                     `json:"seed"`
	Count      int                                        `json:"count"`
	Step       int64                                      `json:"stepSeconds"`
	Start      int64                                      `json:"start"`
	CPU        float64                                    `json:"cpu"`
	Memory     float64                                    `json:"memory"`
	Spread     float64                                    `json:"spread"`
	OomEvery   int                                        `json:"oomEvery"`
	Containers int                                        `json:"containers"`
	Result     map[string]map[string]int64                `json:"result"`
	Checkpoint *vpa.VerticalPodAutoscalerCheckpointStatus `json:"checkpoint"`
}

// The test has the same numbers: mulberry32.
func random(seed *uint32) float64 {
	*seed += 0x6d2b79f5
	t := *seed
	t = (t ^ (t >> 15)) * (t | 1)
	t ^= t + (t^(t>>7))*(t|61)
	return float64(t^(t>>14)) / 4294967296
}

func run(s *series) {
	cluster := model.NewAggregateContainerState()
	c := model.NewContainerState(model.Resources{}, cluster)
	seed := s.Seed
	for i := 0; i < s.Count; i++ {
		at := time.Unix(s.Start+int64(i)*s.Step, 0).UTC()
		x := random(&seed)
		cpu := int64(math.Floor(s.CPU * (1 + s.Spread*x*x*x*x)))
		mem := int64(math.Floor(s.Memory * (1 + s.Spread*random(&seed))))
		c.AddSample(&model.ContainerUsageSample{MeasureStart: at, Usage: model.ResourceAmount(cpu), Resource: model.ResourceCPU})
		c.AddSample(&model.ContainerUsageSample{MeasureStart: at, Usage: model.ResourceAmount(mem), Resource: model.ResourceMemory})
		if s.OomEvery > 0 && i%s.OomEvery == s.OomEvery-1 {
			c.RecordOOM(at.Add(5*time.Second), model.ResourceAmount(mem))
		}
	}
	m := model.ContainerNameToAggregateStateMap{"a": cluster}
	for i := 1; i < s.Containers; i++ {
		m[string(rune('a'+i))] = model.NewAggregateContainerState()
	}
	day := 24 * time.Hour
	r := logic.CreatePodResourceRecommender(logic.RecommendationConfig{SafetyMarginFraction: 0.15, PodMinCPUMillicores: 25, PodMinMemoryMb: 250,
		TargetCPUPercentile: 0.9, LowerBoundCPUPercentile: 0.5, UpperBoundCPUPercentile: 0.95, ConfidenceIntervalCPU: day,
		TargetMemoryPercentile: 0.9, LowerBoundMemoryPercentile: 0.5, UpperBoundMemoryPercentile: 0.95, ConfidenceIntervalMemory: day})
	got := r.GetRecommendedPodResources(m)["a"]
	s.Result = map[string]map[string]int64{}
	for name, res := range map[string]model.Resources{"target": got.Target, "lowerBound": got.LowerBound, "upperBound": got.UpperBound} {
		s.Result[name] = map[string]int64{"cpu": int64(res[model.ResourceCPU]), "memory": int64(res[model.ResourceMemory])}
	}
	s.Checkpoint, _ = cluster.SaveToCheckpoint()
}

func main() {
	var all []*series
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err)
	}
	for _, s := range all {
		run(s)
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", " ")
	e.Encode(all)
}
