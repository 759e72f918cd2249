package resolvers

import "context"

// announcements say of each event of a subscription what its fields do not, in the order of the events: from the
// resolver to the stages that answer. They offer an event first, where one of these may have its answer already.
type announcements struct {
	// executed has those of the events that the executor answers.
	executed chan Announcement
	// offers is nil where no stage takes them. began is set when the subscription stands, and ended closed at its end.
	offers chan Offer
	began  bool
	ended  chan struct{}
}

type announcementsKey struct{}

// WithAnnouncements lets the events of a subscription be announced. Without it nothing is.
func WithAnnouncements(ctx context.Context) context.Context {
	return context.WithValue(ctx, announcementsKey{}, &announcements{
		executed: make(chan Announcement, 2), ended: make(chan struct{}),
	})
}

func announcementsOf(ctx context.Context) *announcements {
	a, _ := ctx.Value(announcementsKey{}).(*announcements)
	return a
}

// TakeAnnouncement returns the announcement of the event that the executor has just answered; false when it has none.
func TakeAnnouncement(ctx context.Context) (Announcement, bool) {
	a := announcementsOf(ctx)
	if a == nil {
		return Announcement{}, false
	}
	select {
	case one := <-a.executed:
		return one, true
	default:
		return Announcement{}, false
	}
}

// Offer is an event that the executor has not got yet. One of its methods must be called, once.
type Offer struct {
	Announcement
	answered chan<- bool
}

// Execute hands the event to the executor, which waits for it.
func (o Offer) Execute() { o.answered <- false }

// Skip keeps the event from the executor: it is answered.
func (o Offer) Skip() { o.answered <- true }

// OfferEvents has the events of a subscription offered before they are executed: [NextOffer] must be called for each.
// It is for a stage of operations, before the subscription begins; false when none is announced.
func OfferEvents(ctx context.Context) bool {
	a := announcementsOf(ctx)
	if a != nil {
		a.offers = make(chan Offer)
	}
	return a != nil
}

// NextOffer waits for the next event of a subscription. False: there is none, since the subscription has ended or did
// not begin.
func NextOffer(ctx context.Context) (Offer, bool) {
	a := announcementsOf(ctx)
	if a == nil || a.offers == nil || !a.began {
		return Offer{}, false
	}
	select {
	case offer := <-a.offers:
		return offer, true
	case <-a.ended:
	case <-ctx.Done():
	}
	return Offer{}, false
}

// BeginEvents notes that a subscription stands; ended is to be called at its end.
func BeginEvents(ctx context.Context) (ended func()) {
	a := announcementsOf(ctx)
	if a == nil {
		return func() {}
	}
	a.began = true // before anything is read: the executor asks the resolver first
	return func() { close(a.ended) }
}

// AnnounceEvent announces the next event of a subscription. answered is true when it was offered and needs no executor;
// live is false when the subscription has ended.
func AnnounceEvent(ctx context.Context, one Announcement) (answered, live bool) {
	a := announcementsOf(ctx)
	if a == nil {
		return false, true
	}
	if a.offers != nil {
		verdict := make(chan bool, 1)
		select {
		case a.offers <- Offer{Announcement: one, answered: verdict}:
		case <-ctx.Done():
			return false, false
		}
		select {
		case answered = <-verdict:
		case <-ctx.Done():
			return false, false
		}
		if answered {
			return true, true
		}
	}
	select {
	case a.executed <- one:
		return false, true
	case <-ctx.Done():
		return false, false
	}
}
