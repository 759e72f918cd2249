package plan

import (
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Keeper keeps documents, and lets what is made of one count for as long as it is kept.
type Keeper interface {
	// Attach counts bytes more for a document. It calls leave, where there is one, when the document makes room; leave
	// must not call the keeper. It reports false where the document is not kept, or has no room for that.
	Attach(query string, document *ast.QueryDocument, bytes int64, leave func()) bool
}

const (
	// mostPlans bounds the plans that are kept of one operation: there is one for each setting of its conditions.
	mostPlans = 8
	// mostConditions is how many variables of conditions the setting of a kept plan has room for.
	mostConditions = 64
	// weightOperation is the memory of an operation's place among the kept.
	weightOperation = 512
)

// kept are the plans of the operations of kept documents. Safe for concurrent use.
type kept struct {
	keeper Keeper
	plans  sync.Map // *ast.OperationDefinition: *plansOf
}

// plansOf are the plans of one operation.
type plansOf struct {
	conditions []string // variables that @skip and @include read

	mu    sync.Mutex
	plans []settled
}

// settled is a plan with the setting of the conditions that it was compiled for; nil where the operation has none.
type settled struct {
	setting uint64
	plan    *Plan
}

// planOf returns the plan of an operation, nil where gqlgen's executor has to carry it out.
func (t *tables) planOf(oc *graphql.OperationContext) *Plan {
	of := t.kept.of(oc)
	if of == nil {
		return t.compiled(oc)
	}
	setting, ok := of.setting(oc.Variables)
	if !ok {
		return t.compiled(oc)
	}
	if plan, ok := of.find(setting); ok {
		return plan
	}
	plan := t.compiled(oc)
	of.keep(settled{setting, plan}, func(bytes int64) bool {
		return t.kept.keeper.Attach(oc.RawQuery, oc.Doc, bytes, nil)
	})
	return plan
}

// compiled compiles an operation; nil where it has no plan.
func (t *tables) compiled(oc *graphql.OperationContext) *Plan {
	plan, err := t.compile(oc.Doc, oc.Operation, oc.Variables)
	if err != nil {
		return nil
	}
	return plan
}

// of returns the place of an operation's plans; nil where its document is not kept.
func (k *kept) of(oc *graphql.OperationContext) *plansOf {
	if found, ok := k.plans.Load(oc.Operation); ok {
		of, _ := found.(*plansOf)
		return of
	}
	if k.keeper == nil {
		return nil
	}
	operation := oc.Operation
	found, held := k.plans.LoadOrStore(operation, &plansOf{conditions: conditionsOf(oc.Doc, operation)})
	of, _ := found.(*plansOf)
	if !held && !k.keeper.Attach(oc.RawQuery, oc.Doc, weightOperation, func() { k.plans.Delete(operation) }) {
		k.plans.Delete(operation)
		return nil
	}
	return of
}

// setting is the setting of the conditions; false where they have none that a plan can be kept by.
func (p *plansOf) setting(variables map[string]any) (uint64, bool) {
	if len(p.conditions) > mostConditions {
		return 0, false
	}
	var setting uint64
	for i, name := range p.conditions {
		holds, ok := variables[name].(bool)
		if !ok {
			return 0, false
		}
		if holds {
			setting |= 1 << i
		}
	}
	return setting, true
}

func (p *plansOf) find(setting uint64) (*Plan, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, held := range p.plans {
		if held.setting == setting {
			return held.plan, true
		}
	}
	return nil, false
}

// keep keeps a plan while there is room: of the operation's number, and of the documents' memory.
func (p *plansOf) keep(made settled, attach func(bytes int64) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := slices.ContainsFunc(p.plans, func(held settled) bool { return held.setting == made.setting })
	if known || len(p.plans) >= mostPlans {
		return
	}
	if made.plan == nil || attach(made.plan.bytes()) {
		p.plans = append(p.plans, made)
	}
}

// conditionsOf are the variables that the conditions of an operation and of the document's fragments read.
func conditionsOf(document *ast.QueryDocument, operation *ast.OperationDefinition) []string {
	var names []string
	var visit func(ast.SelectionSet)
	note := func(directives ast.DirectiveList) {
		for _, directive := range directives {
			condition := directive.Arguments.ForName("if")
			if condition == nil || condition.Value.Kind != ast.Variable {
				continue
			}
			name := condition.Value.Raw
			if operation.VariableDefinitions.ForName(name) != nil && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	visit = func(set ast.SelectionSet) {
		for _, selected := range set {
			switch selected := selected.(type) {
			case *ast.Field:
				note(selected.Directives)
				visit(selected.SelectionSet)
			case *ast.InlineFragment:
				note(selected.Directives)
				visit(selected.SelectionSet)
			case *ast.FragmentSpread:
				note(selected.Directives)
			}
		}
	}
	visit(operation.SelectionSet)
	for _, fragment := range document.Fragments {
		visit(fragment.SelectionSet)
	}
	return names
}
