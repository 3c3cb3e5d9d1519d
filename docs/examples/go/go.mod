module example/broker

go 1.21

require github.com/silenceper/wechat/v2 v2.1.10
