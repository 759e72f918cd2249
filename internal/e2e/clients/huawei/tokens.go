package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"

	iam "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3/model"
)

// tokens are those that the other calls need.
type tokens struct{ project, account string }

// tokens logs in with each scope that the document has.
func (s *site) tokens() (t tokens) {
	client := iam.NewIamClient(s.client(iam.IamClientBuilder(), ofAccount(s.customer), ""))
	login := func(password string, scope *model.AuthScope, catalog *string) (string, error) {
		answer, err := client.KeystoneCreateUserTokenByPassword(&model.KeystoneCreateUserTokenByPasswordRequest{
			Nocatalog: catalog,
			Body: &model.KeystoneCreateUserTokenByPasswordRequestBody{Auth: &model.PwdAuth{
				Identity: &model.PwdIdentity{
					Methods: []model.PwdIdentityMethods{model.GetPwdIdentityMethodsEnum().PASSWORD},
					Password: &model.PwdPassword{User: &model.PwdPasswordUser{
						Name: "demo", Password: password, Domain: &model.PwdPasswordUserDomain{Name: "demo"},
					}},
				},
				Scope: scope,
			}},
		})
		if err != nil {
			return "", err
		}
		token := value(answer.XSubjectToken)
		if token == "" || answer.Token == nil || answer.Token.ExpiresAt == "" {
			return token, errors.New("no token, or none that ends")
		}
		return token, nil
	}
	byName := &model.AuthScope{Project: &model.AuthScopeProject{Name: new("demo")}}
	var err error
	t.project, err = login("demo", &model.AuthScope{Project: &model.AuthScopeProject{Id: &s.project}}, nil)
	fits("token of a project by its id", err)
	_, err = login("demo", byName, nil)
	fits("token of a project by its name", err)
	_, err = login("demo", byName, new("true"))
	fits("token without a catalogue", err)
	t.account, err = login("demo", &model.AuthScope{Domain: &model.AuthScopeDomain{Name: new("demo")}}, nil)
	fits("token of the account", err)
	_, err = login("wrong", byName, nil)
	fits("wrong password", wantRefusal(err, http.StatusUnauthorized, "")) // IAM has no code that the SDK reads
	return t
}

// moveClock moves the simulator's clock by its control path.
func moveClock(address string, by time.Duration) error {
	body := fmt.Sprintf(`{"advanceSeconds":%g}`, by.Seconds())
	request, err := http.NewRequest(http.MethodPut, address+"/_simulator/clock", bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return err
	}
	return errors.Join(answer.Body.Close(), want("status of the clock", answer.StatusCode, http.StatusOK))
}
