import torch
def train(x=4.0,y=1.0,w=0.5,lr=0.01,n_epochs=20,device="cpu"):
    x=torch.tensor(x); y=torch.tensor(y)
    w=torch.tensor(w,requires_grad=True)
    for e in range(n_epochs):
        losses=[]
        y_hat=x*w
        s=y_hat-y
        loss=s**2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w-=lr*w.grad
        w.grad.zero_()
        print("epoch",e,"loss",losses)
    return w.item(),losses
